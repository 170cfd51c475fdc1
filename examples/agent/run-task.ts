import { withContext } from 'countersign';
import type { Pool } from 'mysql2/promise';
import { query } from './query-tool.js';
import type { Move, Step } from './scripted-planner.js';

const MAX_STEPS = 8;

/** What an agent runs with. */
export interface AgentOptions {
  readonly pool: Pool;
  /** The model. */
  readonly plan: (steps: readonly Step[]) => Move;
  readonly onStep: (step: Step) => void;
}

/**
 * The loop of an agent: asks the model, calls the tool, shows the model what came of it, until the model answers. What is known of each call stands on the record of
 * its statement.
 */
export async function runTask(task: string, { pool, plan, onStep }: AgentOptions): Promise<string> {
  const steps: Step[] = [];
  while (steps.length < MAX_STEPS) {
    const move = plan(steps);
    if ('answer' in move) return move.answer;
    const { call } = move;
    const context = { task, model: 'scripted-planner', tool: 'query', toolCallId: `${task}/${steps.length + 1}` };
    const step = { call, result: await withContext(context, () => query(pool, call)) };
    steps.push(step);
    onStep(step);
  }
  throw new Error(`${task} took more than ${MAX_STEPS} steps`);
}
