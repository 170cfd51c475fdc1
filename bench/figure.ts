/** One figure, with what it should be at most. */
export interface Figure {
  readonly name: string;
  readonly measured: number;
  readonly goal: number;
  readonly unit: 'µs' | 'MB';
}
