import { spansOf } from './matches.js';
import type { Span } from './span.js';

/** Keys that tell by their begin what they are; of bounded length, and 16 characters at least. */
const SHAPES = [
  String.raw`(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])`, // AWS
  String.raw`gh[pousr]_[A-Za-z0-9]{36,255}`, // GitHub
  String.raw`github_pat_[A-Za-z0-9_]{22,255}`, // GitHub
  String.raw`glpat-[\w-]{20,255}`, // GitLab
  String.raw`xox[a-z]-[A-Za-z0-9-]{12,255}`, // Slack
  String.raw`xapp-\d-[A-Za-z0-9-]{10,255}`, // Slack
  String.raw`[rs]k_(?:live|test)_[A-Za-z0-9]{10,255}`, // Stripe
  String.raw`whsec_[A-Za-z0-9+/=]{24,255}`, // Stripe
  String.raw`AIza[\w-]{35}`, // Google
  String.raw`sk-(?=[A-Za-z_-]{0,64}\d)[\w-]{20,255}`, // OpenAI, Anthropic; words have no digit
  String.raw`npm_[A-Za-z0-9]{36}`, // npm
  String.raw`pypi-[\w-]{50,255}`, // PyPI
  String.raw`hf_[A-Za-z0-9]{30,64}`, // Hugging Face
  String.raw`SG\.[\w-]{22}\.[\w-]{43}`, // SendGrid
  String.raw`(?<=[Bb]earer )[\w.~+/-]{19,2047}[\w~+/-]={0,2}`, // RFC 6750
];

const SHAPE = new RegExp(`(?<![A-Za-z0-9])(?:${SHAPES.join('|')})`, 'g');

/** API keys and tokens of well-known issuers. */
export function findKeyShapes(text: string): Span[] {
  return spansOf(SHAPE, text, (match) => match.length);
}
