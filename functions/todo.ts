/** A todo as clients see it. Who owns it is the table's partition key, and stays there. */
export interface Todo {
  readonly todoId: string;
  readonly title: string;
  readonly description?: string;
  readonly completed: boolean;
  readonly dueDate?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
}

/** A row of the table, or a part of one, as plain values. */
export type Item = Record<string, unknown>;

/** The partition key is always the verified caller: no request can name another one. */
export function itemKey(userId: string, todoId: string): Item {
  return { userId, todoId };
}

/**
 * Names the attributes that clients may see: what else a row holds, `userId` first of all, never leaves. An attribute
 * that is not there is `undefined`, and so not in the JSON. All rows in one call and without a loop over names, because
 * serialized functions run inside `with`, where calls and outer names cost microseconds.
 */
export function toTodos(items: readonly Item[]): readonly Todo[] {
  return items.map(({ todoId, title, description, completed, dueDate, createdAt, updatedAt, version }) => {
    const todo = { todoId, title, description, completed, dueDate, createdAt, updatedAt, version };
    return todo as Todo;
  });
}

export function toTodo(item: Item): Todo {
  const [todo] = toTodos([item]);
  return todo as Todo;
}

/** A strong entity tag: the version changes with every change. RFC 9110, section 8.8.3. */
export function entityTag(todo: Todo): string {
  return `"${todo.version}"`;
}

/** The form of the ids that the server gives out. Any other text names no todo. RFC 9562, section 5.7. */
export function isTodoId(text: string | undefined): text is string {
  return text !== undefined && /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text);
}
