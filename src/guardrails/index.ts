export * from './built-in.js';
export { judge, type Rule, type RuleContext, type Verdict } from './rule.js';
