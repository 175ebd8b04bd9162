import { badRequest, type FieldError } from "./http-response";
import type { Read } from "./json-body";

/** The fields that a client may set. `null` clears an optional one, in a change only. */
export interface TodoFields {
  readonly title?: string;
  readonly description?: string | null;
  readonly completed?: boolean;
  readonly dueDate?: string | null;
}

export interface NewTodo {
  readonly title: string;
  readonly description?: string;
  readonly completed: boolean;
  readonly dueDate?: string;
}

type Fields = Readonly<Record<string, unknown>>;

const titleCharacters = 200;
const descriptionBytes = 4 * 1024;

/** For each field that a client may set: what is wrong with a value, or `undefined`. */
const problems: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  title: titleProblem,
  description: descriptionProblem,
  completed: (value) => (typeof value === "boolean" ? undefined : "must be true or false"),
  dueDate: (value) => (isRealDate(value) ? undefined : "must be a real date, written YYYY-MM-DD"),
};

const clearable = ["description", "dueDate"];

/** The fields of a new todo: `title` is needed, `completed` starts as false, `null` is no value. */
export function readNewTodo(body: Fields): Read<NewTodo> {
  const errors = Object.keys(body).flatMap((field) => fieldErrors(field, body[field]));
  if (!Object.hasOwn(body, "title")) errors.push({ field: "title", message: "is required" });
  if (errors.length > 0) return { refusal: badRequest("The todo is not valid.", errors) };
  return { value: { completed: false, ...normalized(body) } as NewTodo };
}

/** The fields to change, at least one. What is left out stays as it is. */
export function readTodoChanges(body: Fields): Read<TodoFields> {
  const named = Object.keys(body);
  const errors = named.flatMap((field) =>
    body[field] === null && clearable.includes(field) ? [] : fieldErrors(field, body[field]),
  );
  if (named.length === 0) errors.push({ field: "body", message: "must name at least one field to change" });
  return errors.length > 0 ? { refusal: badRequest("The change is not valid.", errors) } : { value: normalized(body) };
}

function fieldErrors(field: string, value: unknown): FieldError[] {
  const problem = Object.hasOwn(problems, field) ? problems[field]?.(value) : "is not a field that can be set";
  return problem === undefined ? [] : [{ field, message: problem }];
}

function normalized(checked: Fields): TodoFields {
  return typeof checked.title === "string" ? { ...checked, title: checked.title.trim() } : checked;
}

/** Characters are counted as Unicode code points: an emoji is one, not two. */
function titleProblem(value: unknown): string | undefined {
  if (typeof value !== "string") return "must be a string";
  if (!value.isWellFormed()) return "must be well-formed Unicode";
  const characters = [...value.trim()].length;
  return characters >= 1 && characters <= titleCharacters ? undefined : `must have 1 to ${titleCharacters} characters`;
}

/** A lone surrogate has no UTF-8 form: DynamoDB would store another text than the one that was sent. */
function descriptionProblem(value: unknown): string | undefined {
  if (typeof value !== "string") return "must be a string";
  if (!value.isWellFormed()) return "must be well-formed Unicode";
  return Buffer.byteLength(value) <= descriptionBytes ? undefined : `must have at most ${descriptionBytes} bytes`;
}

/** `Date` rolls 30 February over into March, so only a date that comes back as it was given is real. */
function isRealDate(value: unknown): boolean {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00.000Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}
