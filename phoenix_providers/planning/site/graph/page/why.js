// What is told of the chosen thing.

let selected = null;

// A machine stands for all that is in it.
function whole(id) {
  const own = new Set([id]);
  if (OWNERS.includes(things.get(id).kind)) for (const one of data.things) if (one.inside === id) own.add(one.id);
  return own;
}

// What belongs together: what leads here or from here, what is inside, and what it is in.
function related(id) {
  const own = whole(id);
  const found = new Set(own);
  for (const { source, target } of edges) {
    if (own.has(source)) found.add(target);
    if (own.has(target)) found.add(source);
  }
  const thing = things.get(id);
  for (const one of [...found]) {
    const around = things.get(one).inside;
    if (around && (one === id || thing.kind === "route")) found.add(around);
  }
  found.delete(id);
  return found;
}

function select(id, { remember = true } = {}) {
  selected = things.has(id) ? id : null;
  const others = selected ? related(selected) : new Set();
  document.body.classList.toggle("chosen", Boolean(selected));
  for (const [one, element] of shown) {
    element.classList.toggle("selected", one === selected);
    element.classList.toggle("related", others.has(one));
    element.setAttribute("aria-pressed", String(one === selected));
  }
  for (const { element, thing } of bars) element.classList.toggle("selected", Boolean(thing) && thing.id === selected);
  if (selected) {
    explain(things.get(selected), others);
    reveal(others);
  } else {
    hint();
  }
  drawLines();
  if (remember) keep();
}

function reveal(others) {
  const own = shown.get(selected);
  own.closest("details")?.setAttribute("open", "");
  own.scrollIntoView({ block: "nearest" });
  const kind = things.get(selected).kind === "route" ? "stack" : "route";
  const other = shown.get([...others].find((one) => things.get(one).kind === kind));
  const list = other?.closest("#routes");
  if (!list) other?.scrollIntoView({ block: "nearest" });
  // The list alone: the page stays where the chosen thing is.
  else if (list.scrollHeight > list.clientHeight) list.scrollTop += other.getBoundingClientRect().top - list.getBoundingClientRect().top - 40;
}

function explain(thing, others) {
  const why = by("why");
  const close = make("button", "close", "Close");
  close.addEventListener("click", () => select(null));
  why.className = "";
  why.replaceChildren(close, make("h2", "", WORDS[thing.kind]), make("h3", "", thing.name), make("p", "", thing.what), ...standing(thing));
  section("Asked for by", (thing.where ?? ["every site has it"]).map((text) => make("code", "", text)));
  if (thing.details) {
    const lines = thing.details.flatMap(([word, text]) => [make("dt", "", word), make("dd", "", text)]);
    why.append(make("h4", "", "Details"), make("dl", "", ...lines));
  }
  section("Belongs together", [...others].map((id) => belonging(thing.id, things.get(id))));
  const own = bars.filter((one) => one.thing === thing);
  section("In the last run", own.map(({ bar }) => make("span", "", toldOf(bar).join("; "))));
  if (["guest", "environment", "stack", "route"].includes(thing.kind)) section("As it is now", [make("code", "", `phoenix why ${thing.name}`)]);
  why.scrollTop = 0;
}

function belonging(id, other) {
  const edge = edges.find(({ source, target }) => (source === id && target === other.id) || (target === id && source === other.id));
  const sense = edge ? (edge.source === id ? `${edge.sense} ` : "") : `${WORDS[other.kind].toLowerCase()} `;
  const behind = edge && edge.target === id ? ` ${edge.sense} this` : "";
  return button(other, make("span", "", make("small", "", sense), other.title), make("small", "", behind));
}

function standing(thing) {
  const parts = [];
  if (thing.health) {
    const told = [`${thing.sign} ${thing.health}${thing.probe ? ` · ${thing.probe}` : ""}`, thing.detail];
    parts.push(make("p", isBad(thing) ? "standing bad" : "standing", told.filter(Boolean).join("\n")));
  }
  if (thing.drift) parts.push(make("p", "standing drift", `≠ drift: ${thing.drift}`));
  if (thing.remark) parts.push(make("p", "standing drift", `▪ ${thing.remark}`));
  return parts;
}

function section(title, items) {
  if (items.length) by("why").append(make("h4", "", title), make("ul", "", ...items.map((item) => make("li", "", item))));
}

function toldOf(bar) {
  const what = [bar.operation, troubleOf(bar), bar.cut ? "cut off" : ""].filter(Boolean).join(", ");
  return [what, `from ${seconds(bar.begin)} to ${seconds(bar.end)}`, bar.message].filter(Boolean);
}

function explainBar(bar) {
  select(null);
  by("why").className = "";
  const lines = toldOf(bar).map((line) => make("p", "", line));
  by("why").replaceChildren(make("h2", "", "In the last run"), make("h3", "", bar.name), ...lines);
}

function hint() {
  const signs = [
    ["→", "a route leads to a stack or a guest"],
    ["⇥", "the firewall lets in; bold: from anywhere"],
    ["▪", "out of the ordinary by the files: blocked, held"],
  ];
  const live = [
    ["✓", "healthy"],
    ["…", "progressing"],
    ["✗", "degraded"],
    ["○", "missing: not there"],
    ["?", "unknown: nobody has looked"],
    ["≠", "drift: otherwise than declared"],
  ];
  const lines = [...signs, ...(data.source ? live : [])].flatMap(([sign, text]) => [make("dt", "", sign), make("dd", "", text)]);
  by("why").className = "empty";
  by("why").replaceChildren(
    make("h2", "", "Why"),
    make("p", "", "Choose anything to see which line of the files asks for it, what it is, and what belongs to it."),
    make("h4", "", "Signs"),
    make("dl", "", ...lines),
    make("h4", "", "Keys"),
    make("p", "", "/ searches; arrows go on to the next thing; Enter chooses; Escape goes back."),
  );
}
