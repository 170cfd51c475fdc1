// @ts-check
import { ApiError, ask } from './api.js';
import { ApprovalsView } from './approvals-view.js';
import { createChainView } from './chain-view.js';
import { fill, h } from './dom.js';
import { createHelp } from './help.js';
import { startKeyboard } from './keyboard.js';
import { LiveView } from './live-view.js';
import { createLogin } from './login.js';
import { finishLogin, takeAnswer } from './oidc.js';
import { createOverviewView } from './overview-view.js';
import { emptyState } from './parts.js';
import { createRecordView } from './record-view.js';
import { repeat } from './repeat.js';
import { hrefOf, placeOf } from './route.js';
import { SearchView } from './search-view.js';
import { createSessionView } from './session-view.js';
import { setToken, token, viewer } from './session-token.js';
import { SessionsView } from './sessions-view.js';
import { chosenTheme, startTheme, switchTheme } from './theme.js';

const COUNT_MS = 5_000;
/** @type {Readonly<Record<string, () => import('./route.js').View>>} */
const VIEWS = {
  overview: createOverviewView,
  search: () => new SearchView(),
  live: () => new LiveView(),
  record: createRecordView,
  sessions: () => new SessionsView(),
  session: createSessionView,
  approvals: () => new ApprovalsView(),
  chain: createChainView,
};
const LINKS = /** @type {const} */ ([
  ['overview', 'Overview'],
  ['search', 'Search'],
  ['live', 'Live'],
  ['sessions', 'Sessions'],
  ['approvals', 'Approvals'],
  ['chain', 'Chain'],
]);
const PARENTS = /** @type {Readonly<Record<string, string>>} */ ({ session: 'sessions', record: 'search' });

/** @type {import('./route.js').View | undefined} */
let view;
let shown = '';
let waiting = 0;
let stopCounting = () => {};
/** @type {import('./oidc.js').LoginConfig | null} */
let login = null;

const main = h('main', { id: 'main', tabindex: -1 });
const waitingBadge = h('span', { class: 'count', hidden: true });
const links = LINKS.map(([name, label]) =>
  h('a', { href: hrefOf(name), 'data-name': name }, label, name === 'approvals' && waitingBadge),
);
const themeButton = h('button', { type: 'button', class: 'button small quiet', onclick: () => nextTheme() }, '');
const helpButton = h(
  'button',
  { type: 'button', class: 'button small quiet keyboard-only', onclick: () => help.showModal() },
  'Keys',
);
const leave = h(
  'button',
  { type: 'button', class: 'button small quiet', hidden: true, onclick: () => setToken(undefined) },
  'Log out',
);
const help = createHelp();
const skip = h('a', { class: 'skip', href: '#main' }, 'Skip to the content');
skip.addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
const sidebar = h(
  'header',
  { class: 'sidebar' },
  h(
    'a',
    { class: 'brand', href: hrefOf('overview') },
    h('img', { src: '/console/icon.svg', alt: '', width: 24, height: 24 }),
    'Countersign',
  ),
  h('nav', { 'aria-label': 'Console' }, links),
  h('div', { class: 'sidebar-end' }, themeButton, helpButton, leave),
);

function nextTheme() {
  switchTheme();
  themeButton.textContent = `Theme: ${chosenTheme()}`;
}

function showTitle() {
  const title = view?.title ?? 'Log in';
  document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${title} · Countersign`;
  waitingBadge.textContent = String(waiting);
  waitingBadge.hidden = waiting === 0;
  waitingBadge.setAttribute('aria-label', `${waiting} waiting`);
}

/** Shows what the address names. */
function showPlace() {
  const place = placeOf(location.hash);
  const create = Object.hasOwn(VIEWS, place.name) ? VIEWS[place.name] : undefined;
  if (create === undefined || shown !== place.name) {
    view?.dispose?.();
    document.body.classList.remove('has-drawer');
    view = create?.();
    shown = place.name;
    fill(main, view?.element ?? emptyState('There is no such page.'));
    scrollTo(0, 0);
  }
  view?.update(place);
  const current = PARENTS[place.name] ?? place.name;
  for (const link of links) {
    if (link.dataset['name'] === current) {
      link.setAttribute('aria-current', 'page');
      link.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    } else link.removeAttribute('aria-current');
  }
  showTitle();
}

/** Counts what waits for an approval, for who may see it. */
function countWaiting() {
  stopCounting();
  stopCounting = repeat(
    COUNT_MS,
    async (signal) => {
      try {
        waiting = (await ask('/v1/approvals', { query: { status: 'pending' }, signal })).approvals.length;
      } catch (error) {
        waiting = 0;
        if (error instanceof ApiError && error.status === 403) stopCounting();
      }
      if (!signal.aborted) showTitle();
    },
    { isTitle: true },
  );
}

function showConsole() {
  fill(document.body, skip, sidebar, main, help);
  leave.hidden = token() === undefined;
  shown = '';
  showPlace();
  countWaiting();
}

/** @param {string} [remark] */
function showLogin(remark) {
  stopCounting();
  view?.dispose?.();
  view = undefined;
  waiting = 0;
  const form = createLogin(login, remark);
  fill(document.body, form.element);
  form.focus();
  showTitle();
}

/** Whether the collector lets nobody in without a token. */
const isTokenNeeded = () =>
  ask('/v1/size').then(
    () => false,
    (error) => error instanceof ApiError && error.status === 401,
  );

async function start() {
  startTheme();
  themeButton.textContent = `Theme: ${chosenTheme()}`;
  const answer = takeAnswer();
  login = (await ask('/console/config.json').catch(() => ({ login: null }))).login;
  let remark = '';
  if (answer !== undefined && login !== null) {
    try {
      const { token: given, place } = await finishLogin(login, answer);
      setToken(given);
      history.replaceState(null, '', `/${place}`);
    } catch (error) {
      remark = error instanceof Error ? error.message : String(error);
    }
  }
  if (remark !== '' || (await isTokenNeeded())) showLogin(remark);
  else showConsole();
  viewer.addEventListener('needed', () => {
    if (view === undefined) return;
    const isOver = token() !== undefined;
    if (isOver) setToken(undefined);
    showLogin(isOver ? 'The collector takes this token no longer.' : '');
  });
  viewer.addEventListener('change', () => (token() === undefined ? showLogin() : showConsole()));
  addEventListener('hashchange', () => view !== undefined && showPlace());
  startKeyboard({
    onKey: (key) => view?.onKey?.(key) ?? false,
    onHelp: () => help.isConnected && help.showModal(),
    onTheme: nextTheme,
  });
}

void start();
