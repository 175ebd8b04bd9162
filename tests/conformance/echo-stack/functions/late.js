exports.handler = async () => {
  setTimeout(() => console.log("after the answer"), 60_000);
  return "at once";
};
