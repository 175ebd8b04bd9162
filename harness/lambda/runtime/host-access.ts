import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import v8 from "node:v8";

/** Takes away what Node's permission model leaves a process to do to others: signals (one of them opens the inspector
 * of any Node.js process), priorities, and V8's own flags, some of which write files. Each of these has no way back,
 * since the model refuses Node's internal bindings. */
export function withdrawHostAccess(): void {
  const { pid } = process;
  const kill: unknown = Reflect.get(process, "_kill");
  process.kill = (target, signal = "SIGTERM") => {
    if (target !== pid || typeof kill !== "function") refuse(`kill ${target}`);
    Reflect.apply(kill, process, [pid, numberOf(signal)]);
    return true;
  };
  for (const name of ["_kill", "_debugProcess", "_debugEnd"]) Reflect.deleteProperty(process, name);
  const { setPriority } = os;
  os.setPriority = (...parameters: readonly number[]) => {
    const [target, priority] = parameters.length === 1 ? [pid, parameters[0]] : parameters;
    if (target !== pid && target !== 0) refuse(`setPriority ${target}`);
    setPriority(pid, priority ?? 0);
  };
  v8.setFlagsFromString = () => refuse("setFlagsFromString");
  syncBuiltinESMExports();
}

function numberOf(signal: string | number): number | undefined {
  return typeof signal === "number" ? signal : new Map(Object.entries(os.constants.signals)).get(signal);
}

function refuse(what: string): never {
  const error = new Error(`EPERM: operation not permitted, ${what}`);
  throw Object.assign(error, { code: "EPERM", errno: -1, syscall: what.split(" ")[0] });
}
