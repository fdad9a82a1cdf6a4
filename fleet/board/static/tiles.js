// Tiles as elements. Each SIM keeps its element, so that focus, selection and scroll position stay with every change.
const template = document.getElementById("tile").content.firstElementChild;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function icon(svg, name) {
  svg.querySelector("use").setAttribute("href", `#i-${name}`);
}

export function write(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

export function newTile(words) {
  const element = template.cloneNode(true);
  element.shown = "";
  element.words = words;
  return element;
}

export function fill(element, tile) {
  const text = JSON.stringify(tile);
  if (element.shown === text) {
    return;
  }
  element.shown = text;
  element.dataset.stage = tile.stage;
  const find = (selector) => element.querySelector(selector);
  icon(find(".band .icon"), tile.stage);
  write(find(".stage"), tile.stage_text);
  write(find(".session"), tile.online ? element.words.online : element.words.offline);
  find(".session").classList.toggle("online", tile.online);
  write(find(".name"), nameOf(tile, element.words));
  number(find(".imei"), tile.imei && `…${tile.imei}`, "–");
  number(find(".imsi"), tile.imsi && `…${tile.imsi}`, "–");
  number(find(".serial"), tile.serial, "");
  find(".meant").hidden = !tile.meant_for;
  write(find(".meant b"), `…${tile.meant_for}`);
  find(".findings").replaceChildren(...tile.findings.map((one) => finding(one, element.words)));
  find(".error").hidden = !tile.error;
  write(find(".error bdi"), tile.error);
  find(".to-label").setAttribute("href", tile.label);
  write(find(".to-label .unseen"), ` ${nameOf(tile, element.words)}`);
}

export function nameOf(tile, words) {
  return tile.name || (tile.imsi ? `${words.imsi} …${tile.imsi}` : `${words.sim} …${tile.sim_id.slice(-6)}`);
}

// Puts `elements` into `list` in their order; moves only elements at another place, so that the focus stays.
export function arrange(list, elements) {
  const wanted = new Set(elements);
  [...list.children].filter((child) => !wanted.has(child)).forEach((child) => child.remove());
  elements.forEach((element, place) => {
    if (list.children[place] !== element) {
      list.insertBefore(element, list.children[place] ?? null);
    }
  });
}

// Calls `change`, then animates every tile from its old place to its new place.
export function gliding(tiles, change) {
  const held = document.activeElement;
  const before = new Map(calm.matches ? [] : tiles.map((tile) => [tile, tile.getBoundingClientRect()]));
  change();
  if (held && held !== document.activeElement && held.isConnected) {
    held.focus({ preventScroll: true });
  }
  for (const [tile, was] of before) {
    const is = tile.getBoundingClientRect();
    const [x, y] = [was.left - is.left, was.top - is.top];
    if (was.width && is.width && (x || y)) {
      tile.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], { duration: 350, easing: "ease-out" });
    }
  }
}

function number(around, text, otherwise) {
  around.hidden = !(text || otherwise);
  const place = around.querySelector("dd");
  write(place.querySelector("bdi") ?? place, text || otherwise);
}

function finding(one, words) {
  const item = document.createElement("li");
  const what = document.createElement("strong");
  const advice = document.createElement("span");
  what.textContent = one.what;
  advice.textContent = `${words.advice}: ${one.advice}`;
  item.className = one.weight;
  item.append(what, advice);
  return item;
}
