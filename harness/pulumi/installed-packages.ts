/** The package managers' own records of what is installed, in `node_modules`: they change with every installation. */
export const INSTALLATION_RECORDS = [".package-lock.json", ".yarn-integrity", ".yarn-state.yml", ".modules.yaml"];
