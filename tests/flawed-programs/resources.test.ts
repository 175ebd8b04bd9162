import { describePlantedFlaws } from "./support/describe-planted-flaws.ts";

describePlantedFlaws("resources");
