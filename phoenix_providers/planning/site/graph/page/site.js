// The view of the site: routes, and a card for each machine. The browser lays both out.

const cards = new Map();
// With more machines than this, what the firewall lets in is folded, but for what it lets in from anywhere.
const FEW = 15;

function remark(thing) {
  return thing.remark ? make("small", "", ` ${thing.remark}`) : "";
}

function drawRoutes() {
  for (const route of of("route")) {
    const target = edges.find((edge) => edge.source === route.id)?.target;
    const leads = `→ ${target ? things.get(target).name : "Traefik"}`;
    const told = [leads, route.remark, route.probe].filter(Boolean).join(" · ");
    by("routes").querySelector(".list").append(inPicture(route, route.title, make("small", "", told)));
  }
}

function drawCards() {
  for (const owner of of(...OWNERS)) {
    const card = make("section", "card", head(owner));
    card.setAttribute("aria-label", `${WORDS[owner.kind]} ${owner.title}`);
    const stacks = inside(owner.id, "stack").map((one) => inPicture(one, one.title, remark(one)));
    const isSmall = of("guest").length <= FEW;
    const openings = inside(owner.id, "opening");
    const draw = (one) => inPicture(one, `⇥ ${one.title}`);
    const open = openings.filter((one) => isSmall || one.remark).map(draw);
    for (const chips of [stacks, open]) if (chips.length) card.append(make("div", "chips", ...chips));
    fold(card, "opening", openings.filter((one) => !isSmall && !one.remark).map(draw));
    fold(card, "name", inside(owner.id, "record").map((one) => inPicture(one, one.title)));
    cards.set(owner.id, card);
    by("guests").append(card);
  }
}

function fold(card, word, chips) {
  if (!chips.length) return;
  const title = make("summary", "", `${chips.length} ${word}${chips.length === 1 ? "" : "s"}`);
  card.append(make("details", "", title, make("div", "chips", ...chips)));
}

function head(owner) {
  const details = new Map(owner.details ?? []);
  const isGuest = owner.kind === "guest";
  const kind = isGuest ? `${owner.what.split(" ")[0]} ${owner.also[0]} · ` : "";
  const place = details.get("address") ?? details.get("hosts") ?? "";
  const title = inPicture(owner, owner.title);
  title.classList.add("owner");
  const environments = inside(owner.id, "environment").map((one) => inPicture(one, `environment ${one.title}`, remark(one)));
  return make("div", "head", title, make("small", "", `${kind}${place}`), ...environments);
}

// Lines from and to the chosen thing alone: all at once would hide what they lead to.
function drawLines() {
  const lines = by("lines");
  lines.replaceChildren();
  if (!selected) return;
  const own = whole(selected);
  for (const { source, target } of edges) {
    if (!own.has(source) && !own.has(target)) continue;
    const from = seen(shown.get(source));
    const to = seen(shown.get(target));
    if (!from || !to) continue;
    const forward = from.right <= to.left;
    const x1 = (forward ? from.right : from.left) + scrollX;
    const x2 = (forward ? to.left : to.right) + scrollX;
    const y1 = (from.top + from.bottom) / 2 + scrollY;
    const y2 = (to.top + to.bottom) / 2 + scrollY;
    const bend = Math.max(30, Math.abs(x2 - x1) / 2) * (forward ? 1 : -1);
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`);
    lines.append(path);
  }
}

// Where a thing is on the screen; null if it is hidden, or scrolled out of the list of routes.
function seen(element) {
  const box = element?.getBoundingClientRect();
  if (!box?.width) return null;
  const frame = element.closest("#routes")?.getBoundingClientRect();
  return frame && (box.bottom < frame.top + 8 || box.top > frame.bottom - 8) ? null : box;
}
