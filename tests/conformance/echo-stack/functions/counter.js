let count = 0;
exports.handler = async () => {
  count += 1;
  return { count };
};
