/** The result of a function that takes a callback. */
export function callback<T>(
  run: (done: (error: Error | null, result: T, fields?: unknown) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    run((error, result) => {
      if (error) reject(error);
      else resolve(result);
    });
  });
}
