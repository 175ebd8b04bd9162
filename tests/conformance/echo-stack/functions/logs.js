exports.handler = async () => {
  console.log("plain %s", "text");
  console.error("an error\nin two lines");
  console.warn({ a: 1 });
  return 1;
};
