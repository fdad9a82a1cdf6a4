// Requests the SIMs every two seconds, and shows them.
import { fits } from "./finding.js";
import { failed, finished, wake } from "./sound.js";
import { arrange, fill, gliding, icon, nameOf, newTile, write } from "./tiles.js";

const EVERY_MS = 2000;
const PATIENCE_MS = 8000;
const words = JSON.parse(document.body.dataset.words);
const clock = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
const at = (id) => document.getElementById(id);
const elements = new Map();
const filters = new Map();
let asking = false;
let next = 0;
let page = null;
let shownText = "";
let lastAnswer = new Date();
let stage = kept("stage") ?? "";
let sound = kept("sound") === "on";

async function ask() {
  if (asking) {
    return;
  }
  asking = true;
  clearTimeout(next);
  try {
    const answer = await fetch("rows.json", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status === 401) {
      location.assign("login");
      return;
    }
    if (!answer.ok) {
      throw new Error(`HTTP ${answer.status}`);
    }
    const text = await answer.text();
    take(JSON.parse(text), text);
    lastAnswer = new Date();
  } catch {
    away(words.away_server, lastAnswer);
  }
  asking = false;
  next = setTimeout(ask, EVERY_MS);
}

function take(found, text) {
  away(found.away, new Date(found.taken_at));
  const same = text.replace(/"taken_at":\s*"[^"]*"/, "");
  if (same === shownText) {
    return;
  }
  shownText = same;
  const before = page;
  page = found;
  show();
  if (before) {
    announceChanges(before, page);
  }
}

function show() {
  write(at("order"), page.title);
  document.title = page.title || words.title;
  showProgress();
  showFilters();
  for (const [id, element] of elements) {
    if (!page.tiles.some((tile) => tile.sim_id === id)) {
      element.remove();
      elements.delete(id);
    }
  }
  for (const tile of page.tiles) {
    if (!elements.has(tile.sim_id)) {
      elements.set(tile.sim_id, newTile(words));
    }
    fill(elements.get(tile.sim_id), tile);
  }
  showTiles();
}

function showTiles() {
  const typed = at("search").value;
  const fitting = page.tiles.filter((tile) => (!stage || tile.stage === stage) && fits(tile, typed));
  gliding([...elements.values()].filter((element) => element.isConnected), () => {
    for (const section of document.querySelectorAll(".group")) {
      const own = fitting.filter((tile) => tile.group === section.dataset.group);
      arrange(section.querySelector(".tiles"), own.map((tile) => elements.get(tile.sim_id)));
      write(section.querySelector(".count"), String(own.length));
      section.hidden = own.length === 0;
    }
  });
  at("nothing").hidden = fitting.length > 0;
  write(at("nothing"), page.tiles.length ? words.no_match : words.no_rows);
  at("boxes").setAttribute("aria-busy", "false");
}

function showProgress() {
  const total = page.tiles.length;
  const done = page.progress.find((one) => one.key === "done").count;
  write(at("done"), String(done));
  write(at("total"), String(total));
  at("bar").setAttribute("aria-valuenow", String(done));
  at("bar").setAttribute("aria-valuemax", String(total));
  page.progress.forEach((one, place) => {
    const segment = at("bar").children[place] ?? at("bar").appendChild(document.createElement("span"));
    segment.className = one.key;
    segment.hidden = one.count === 0;
    segment.style.flexGrow = String(one.count);
    const item = at("legend").children[place] ?? at("legend").appendChild(document.createElement("li"));
    item.className = one.key;
    item.hidden = one.count === 0;
    write(item, `${one.text} ${one.count}`);
  });
}

function showFilters() {
  const counts = new Map(page.counts.map((one) => [one.key, one]));
  if (stage && !counts.has(stage)) {
    choose("");
  }
  const all = { key: "", text: words.all, count: page.tiles.length };
  const buttons = [all, ...page.counts].map((one) => {
    const button = filters.get(one.key) ?? filterButton(one);
    write(button.querySelector(".word"), one.text);
    write(button.querySelector(".count"), String(one.count));
    button.setAttribute("aria-pressed", String(one.key === stage));
    return button;
  });
  gliding([], () => arrange(at("filters"), buttons));
}

function filterButton(one) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.stage = one.key;
  button.innerHTML = '<svg class="icon" aria-hidden="true"><use></use></svg><span class="word"></span> <span class="count"></span>';
  icon(button, one.key || "all");
  button.addEventListener("click", () => {
    choose(one.key === stage ? "" : one.key);
    showFilters();
    showTiles();
  });
  filters.set(one.key, button);
  return button;
}

function choose(key) {
  stage = key;
  keep("stage", key);
}

function away(why, since) {
  at("away").hidden = !why;
  document.body.classList.toggle("is-away", Boolean(why));
  if (why) {
    write(at("away").querySelector("strong"), why);
    write(at("away").querySelector("p"), `${words.since} ${clock.format(since)}`);
  }
}

function announceChanges(before, now) {
  const was = new Map(before.tiles.map((tile) => [tile.sim_id, tile]));
  const changed = now.tiles.filter((tile) => was.has(tile.sim_id) && was.get(tile.sim_id).stage !== tile.stage);
  if (changed.length) {
    write(at("announcement"), changed.map((tile) => `${nameOf(tile, words)}: ${tile.stage_text}`).join(", "));
  }
  const came = (group) => now.tiles.some((tile) => tile.group === group && was.has(tile.sim_id) && was.get(tile.sim_id).group !== group);
  if (sound && came("attention")) {
    failed();
  } else if (sound && came("done")) {
    finished();
  }
}

function showSound() {
  at("sound").setAttribute("aria-pressed", String(sound));
  icon(at("sound"), sound ? "sound-on" : "sound-off");
}

function kept(name) {
  try {
    return localStorage.getItem(`kitting.${name}`);
  } catch {
    return null; // the browser forbids storage, so nothing is remembered
  }
}

function keep(name, text) {
  try {
    localStorage.setItem(`kitting.${name}`, text);
  } catch {
    // the browser forbids storage
  }
}

at("sound").addEventListener("click", () => {
  sound = !sound;
  keep("sound", sound ? "on" : "off");
  showSound();
  if (sound) {
    wake();
    finished();
  }
});
at("search").addEventListener("input", () => page && showTiles());
at("search").addEventListener("keydown", (event) => event.key === "Enter" && event.target.select());
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== at("search") && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    at("search").focus();
    at("search").select();
  } else if (event.key === "Escape") {
    at("search").value = "";
    choose("");
    if (page) {
      showFilters();
      showTiles();
    }
  }
});
// A browser plays sound only after a click or a key.
for (const touch of ["pointerdown", "keydown"]) {
  document.addEventListener(touch, () => sound && wake(), { once: true });
}
// Browsers suspend hidden pages: the page is refreshed at once when it is visible again.
for (const back of ["online", "focus"]) {
  addEventListener(back, ask);
}
showSound();
ask();
