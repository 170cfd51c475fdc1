import { isRefused, type ParsedRecord } from './parsed-record.js';

/** Members of the profile `security_control`. */
export interface OcsfControl {
  readonly action_id: number;
  readonly action: string;
  readonly disposition_id: number;
  readonly disposition: string;
  readonly is_alert: boolean;
  readonly policy?: { readonly name: string; readonly desc: string | undefined; readonly is_applied: boolean };
}

const ALLOWED = { action_id: 1, action: 'Allowed' };
const DENIED = { action_id: 2, action: 'Denied' };
const MODIFIED = { action_id: 4, action: 'Modified' };

/** What the rules did. Undefined on a record that no rule stood before. */
export function controlOf(record: ParsedRecord): OcsfControl | undefined {
  const { verdict, outcome, event } = record;
  if (verdict === undefined && event?.action !== 'refused') return undefined;
  const refused = isRefused(record);
  const masked = (outcome?.masked?.length ?? 0) > 0;
  return {
    ...(refused ? DENIED : masked ? MODIFIED : ALLOWED),
    ...dispositionOf(record, refused, masked),
    is_alert: refused,
    ...(verdict?.rule !== undefined && {
      policy: { name: verdict.rule, desc: verdict.reason, is_applied: true },
    }),
  };
}

function dispositionOf(
  { verdict }: ParsedRecord,
  refused: boolean,
  masked: boolean,
): Pick<OcsfControl, 'disposition_id' | 'disposition'> {
  if (refused) return refusalOf(verdict);
  if (masked) return { disposition_id: 99, disposition: 'Masked' };
  if (verdict?.effect === 'approve') return { disposition_id: 8, disposition: 'Approved' };
  return { disposition_id: 1, disposition: 'Allowed' };
}

function refusalOf(verdict: ParsedRecord['verdict']): Pick<OcsfControl, 'disposition_id' | 'disposition'> {
  if (verdict?.effect === 'error') return { disposition_id: 27, disposition: 'Error' };
  if (verdict?.effect === 'approve') return { disposition_id: 25, disposition: 'Rejected' };
  return { disposition_id: 2, disposition: 'Blocked' };
}
