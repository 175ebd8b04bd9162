exports.handler = async () => {
  await new Promise((resolve) => setTimeout(resolve, 400));
  return "late";
};
