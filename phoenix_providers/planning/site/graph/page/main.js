// The page as a whole: its two views, what stands in its address, keys, light and dark.

function view(name) {
  for (const one of ["site", "run"]) {
    by(`${one}-view`).hidden = one !== name;
    by(`view-${one}`).setAttribute("aria-pressed", String(one === name));
  }
  drawLines();
  keep();
}

// The address says what is seen, so that it can be sent and bookmarked.
function keep() {
  const words = new URLSearchParams();
  const query = by("search").value.trim();
  if (!by("run-view").hidden) words.set("view", "run");
  if (query) words.set("q", query);
  if (selected) words.set("why", find(things.get(selected).name) === selected ? things.get(selected).name : selected);
  const hash = String(words);
  try {
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  } catch {
    // Some browsers keep it to themselves for files.
  }
}

function find(name) {
  const own = name.toLowerCase();
  const same = (word) => word.toLowerCase() === own;
  const found =
    things.get(name) ??
    data.things.find((one) => same(one.name)) ??
    data.things.find((one) => [one.title, ...(one.also ?? [])].some(same));
  return found?.id ?? null;
}

function goTo() {
  const words = new URLSearchParams(location.hash.slice(1));
  const name = words.get("why");
  if (words.get("theme")) setTheme(words.get("theme"));
  by("search").value = words.get("q") ?? "";
  select(name ? find(name) : null, { remember: false });
  search();
  view(words.get("view") === "run" ? "run" : "site");
}

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  nameTheme();
}

function nameTheme() {
  by("theme").textContent = isDark() ? "◑ Light" : "◐ Dark";
}

function onKey(event) {
  const field = by("search");
  const isInField = document.activeElement === field;
  const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "/" && !isInField) {
    event.preventDefault();
    field.focus();
  } else if (event.key === "Escape") {
    if (isInField && field.value) searchFor("");
    else select(null);
  } else if (event.key === "Enter" && isInField) {
    const matching = search();
    select([...shown.keys()].find((id) => matching.has(id)) ?? null);
  } else if (event.key in steps && (!isInField || event.key === "ArrowDown")) {
    event.preventDefault();
    step(steps[event.key]);
  }
}

function step(move) {
  const all = [...document.querySelectorAll("#site-view .thing, .bar")].filter((one) => one.offsetParent);
  const now = all.indexOf(document.activeElement);
  const next = now < 0 ? 0 : Math.min(Math.max(now + move, 0), all.length - 1);
  all[next]?.focus();
}

let isWaiting = false;

function drawSoon() {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => {
    isWaiting = false;
    measure();
    drawLines();
  });
}

function measure() {
  document.documentElement.style.setProperty("--head", `${document.querySelector("header").offsetHeight}px`);
}

summarize();
drawRoutes();
drawCards();
drawRun();
nameTheme();
measure();
goTo();
by("search").addEventListener("input", search);
by("view-site").addEventListener("click", () => view("site"));
by("view-run").addEventListener("click", () => view("run"));
by("theme").addEventListener("click", () => setTheme(isDark() ? "light" : "dark"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", nameTheme);
document.addEventListener("keydown", onKey);
document.addEventListener("toggle", drawSoon, true);
for (const target of [window, by("routes")]) target.addEventListener("scroll", drawSoon, { passive: true });
addEventListener("resize", drawSoon);
addEventListener("hashchange", goTo);
