import { createAlarms, type Watched } from "./alarms";
import type { Settings } from "./config";
import { createDashboard } from "./dashboard";

/** Alarms to be woken by, a dashboard to look at first, and saved queries to ask why. */
export function watchStack(settings: Settings, watched: Watched): void {
  createAlarms(settings, watched);
  createDashboard(settings, watched);
}
