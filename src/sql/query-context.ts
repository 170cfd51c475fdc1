import type { SeeView } from './bounds/query-level.js';
import type { WorkBudget } from './work-budget.js';

/** What a query or a change of rows is read with. */
export interface QueryContext {
  /** Default schema. */
  readonly namespace: string | undefined;
  /** Of the whole text. */
  readonly budget: WorkBudget;
  /** Sees through views, where the bounds of rows are judged. Absent where no catalogue was asked. */
  readonly seeView?: SeeView;
}
