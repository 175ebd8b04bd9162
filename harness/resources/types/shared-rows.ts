import { inert, type Properties, textMap } from "../treatments.ts";

/** Of every resource that lives in a region. */
export const REGION: Properties = {
  region: inert("there is one region, and a resource that names another than the stack's is refused"),
};

/** Of a resource whose tags no policy looks at here. */
export const INERT_TAGS: Properties = {
  tags: inert("no policy looks at this resource's tags"),
  tagsAll: inert("no policy looks at this resource's tags"),
};

/** Of a resource whose tags policies or the service itself look at. */
export const READ_TAGS: Properties = { tags: textMap, tagsAll: textMap };

export const REMARK = inert("a remark");
