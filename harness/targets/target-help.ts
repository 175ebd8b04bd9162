/** For the help of every command that takes a target. */
export const TARGET_HELP = `  --target TARGET      local (default): the program, served for this run; handlers: its packages with no gateway;
                       endpoint: a deployed stack, described by --outputs; or an API's URL
  --outputs FILE       what pulumi stack export, pulumi stack output --json, or npm start -- --json wrote of the stack
  --endpoint-url URL   where that stack's services answer (default: AWS, or http://localhost:4566 for any other API)
  --users FILE         JSON with users that are there: {"ana":{"username":"…","password":"…"}}. Others are made, and removed`;
