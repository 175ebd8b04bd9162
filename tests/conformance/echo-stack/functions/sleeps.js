exports.handler = async () => {
  try {
    await new Promise((resolve) => setTimeout(resolve, 30_000));
  } finally {
    console.log("finally ran");
  }
};
