import type { AttributeValue } from "@aws-sdk/client-dynamodb";

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

export type Item = Record<string, AttributeValue>;

/** The partition key is always the verified caller: no request can name another one. */
export function itemKey(userId: string, todoId: string): Item {
  return { userId: { S: userId }, todoId: { S: todoId } };
}

export function toItem(userId: string, todo: Todo): Item {
  return {
    ...itemKey(userId, todo.todoId),
    title: { S: todo.title },
    ...(todo.description === undefined ? {} : { description: { S: todo.description } }),
    completed: { BOOL: todo.completed },
    ...(todo.dueDate === undefined ? {} : { dueDate: { S: todo.dueDate } }),
    createdAt: { S: todo.createdAt },
    updatedAt: { S: todo.updatedAt },
    version: { N: String(todo.version) },
  };
}

/**
 * Names the attributes that clients may see: what else a row holds, `userId` first of all, never leaves. An attribute
 * that is not there is `undefined`, and so not in the JSON. All rows in one call and without a loop over names, because
 * serialized functions run inside `with`, where calls and outer names cost microseconds.
 */
export function toTodos(items: readonly Item[]): readonly Todo[] {
  return items.map(({ todoId, title, description, completed, dueDate, createdAt, updatedAt, version }) => {
    const todo: Record<keyof Todo, unknown> = {
      todoId: todoId?.S,
      title: title?.S,
      description: description?.S,
      completed: completed?.BOOL,
      dueDate: dueDate?.S,
      createdAt: createdAt?.S,
      updatedAt: updatedAt?.S,
      version: version?.N === undefined ? undefined : +version.N,
    };
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
