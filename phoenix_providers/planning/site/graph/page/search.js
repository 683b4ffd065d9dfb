// Search, and the marks that show only what is, for example, degraded.

function summarize() {
  const count = (kind, word) => {
    const number = of(kind).length;
    return `${number} ${word}${number === 1 ? "" : "s"}`;
  };
  const counts = ["guest", "stack", "route", "opening"].map((kind) => count(kind, kind));
  by("site").textContent = data.site;
  by("summary").textContent = [...counts, data.source || "from the files alone"].join(" · ");
  const words = new Map();
  for (const [word, sign] of data.things.flatMap(marksOf)) words.set(word, [sign, (words.get(word)?.[1] ?? 0) + 1]);
  // What matters first, and last what is as it should be.
  const order = ["degraded", "missing", "progressing", "unknown", "drift", "blocked", "routes blocked"];
  const rank = (word) => (word === "healthy" ? order.length + 1 : order.includes(word) ? order.indexOf(word) : order.length);
  for (const [word, [sign, number]] of [...words].sort(([one], [other]) => rank(one) - rank(other))) {
    const mark = make("button", "", `${sign} ${number} ${word}`);
    mark.dataset.word = word;
    mark.addEventListener("click", () => searchFor(by("search").value === word ? "" : word));
    by("marks").append(mark);
  }
}

function marksOf(thing) {
  const found = [];
  if (thing.health) found.push([thing.health, thing.sign]);
  if (thing.drift) found.push(["drift", "≠"]);
  if (thing.remark) found.push([thing.remark, "▪"]);
  return found;
}

function textOf(thing) {
  if (thing.text) return thing.text;
  const parts = [WORDS[thing.kind], thing.name, thing.title, thing.what, thing.detail, thing.probe];
  parts.push(...marksOf(thing).flat(), thing.drift, ...(thing.where ?? []), ...(thing.also ?? []), ...(thing.details ?? []).flat());
  thing.text = parts.filter(Boolean).join("\n").toLowerCase();
  return thing.text;
}

// A route is found by its stack, and a stack by its routes.
const ends = new Map();
for (const { source, target } of edges) {
  for (const [one, other] of [[source, target], [target, source]]) ends.set(one, [...(ends.get(one) ?? []), things.get(other).title]);
}

function matcher(query) {
  const isMark = [...by("marks").children].some((mark) => mark.dataset.word === query);
  if (isMark) return (thing) => marksOf(thing).some(([word]) => word === query);
  const words = query.toLowerCase().split(/\s+/);
  return (thing) => {
    const text = `${textOf(thing)}\n${(ends.get(thing.id) ?? []).join("\n").toLowerCase()}`;
    return words.every((word) => text.includes(word));
  };
}

function search() {
  const query = by("search").value.trim();
  const matching = new Set(data.things.filter(matcher(query)).map((thing) => thing.id));
  const visible = new Set(matching);
  for (const id of matching) {
    if (things.get(id).inside) visible.add(things.get(id).inside);
    // Who looks for a machine wants to see what is in it.
    if (OWNERS.includes(things.get(id).kind)) for (const one of whole(id)) visible.add(one);
  }
  for (const [id, element] of shown) element.hidden = !visible.has(id);
  for (const [id, card] of cards) {
    card.hidden = !visible.has(id);
    for (const part of card.querySelectorAll("details")) {
      part.hidden = !part.querySelector(".thing:not([hidden])");
      part.open = Boolean(query) && !matching.has(id) && !part.hidden;
    }
  }
  for (const { element, thing } of bars) element.classList.toggle("dim", Boolean(query) && !(thing && visible.has(thing.id)));
  by("count").textContent = query ? `${matching.size} of ${things.size}` : "";
  for (const mark of by("marks").children) mark.setAttribute("aria-pressed", String(mark.dataset.word === query));
  drawLines();
  keep();
  return matching;
}

function searchFor(text) {
  by("search").value = text;
  return search();
}
