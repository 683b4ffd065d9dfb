// The view of the last run: bars in lanes.

const OPERATIONS = { create: "+", update: "~", delete: "-", replace: "±", refresh: "?", same: "=" };
const ROW = 23;
// Of the whole run: what is shorter has no room for a text.
const SHORT = 0.03;

function drawRun() {
  const run = data.run;
  const view = by("run-view");
  view.append(make("h2", "", "Last run"));
  if (!run) {
    const command = make("code", "", "phoenix graph --format html --live");
    view.append(make("p", "told", "No run is known here. The last one comes with ", command, "."));
    return;
  }
  const ended = run.is_over ? `ended with ${run.exit_code ?? "an unknown code"}` : "was cut off, or is still going on";
  const began = new Date(run.started * 1000).toLocaleString();
  const count = run.lanes.reduce((sum, lane) => sum + lane.bars.length, 0);
  const told = ` · ${began} · ${seconds(run.seconds)} · ${ended} · ${count} operations, ${run.unchanged} things as they were`;
  view.append(make("p", "told", make("code", "", run.command), told));
  if (run.log) view.append(make("p", "told", "Log: ", make("code", "", run.log)));
  view.append(axis(run.seconds));
  for (const lane of run.lanes) {
    const track = make("div", "track", ...lane.bars.map((bar) => drawBar(bar, run.seconds || 1)));
    track.style.height = `${lane.rows * ROW}px`;
    view.append(make("div", "lane", make("span", "", lane.title), track));
  }
}

// What a step says when it has ended is why its thing is not as declared.
function troubleOf(bar) {
  if (bar.failed) return "failed";
  return bar.message ? "not as declared" : "";
}

function axis(whole) {
  const ticks = Array.from({ length: 6 }, (_, number) => make("span", "", seconds((whole * number) / 5)));
  ticks.forEach((tick, number) => (tick.style.left = `${number * 20}%`));
  return make("div", "lane axis", make("span", ""), make("div", "track", ...ticks));
}

function drawBar(bar, whole) {
  const trouble = troubleOf(bar);
  const sign = trouble ? "✗" : OPERATIONS[bar.operation];
  const text = [sign, bar.name, trouble, bar.cut ? "cut off" : seconds(bar.end - bar.begin)].filter(Boolean).join(" ");
  // A bar that has no room for its text has it as a name all the same.
  const isShort = (bar.end - bar.begin) / whole < SHORT;
  const element = make("button", "bar", isShort ? (trouble ? "✗" : "") : text);
  element.setAttribute("aria-label", text);
  element.classList.toggle("short", isShort);
  element.title = [`${bar.operation}: ${text}`, bar.message].filter(Boolean).join("\n");
  element.style.left = `${(100 * bar.begin) / whole}%`;
  element.style.width = `${(100 * (bar.end - bar.begin)) / whole}%`;
  element.style.top = `${bar.row * ROW}px`;
  element.classList.toggle("bad", Boolean(trouble));
  element.classList.toggle("cut", bar.cut);
  const thing = data.things.find((one) => one.name === bar.name || (one.also ?? []).includes(bar.name));
  element.addEventListener("click", () => (thing ? select(thing.id) : explainBar(bar)));
  bars.push({ bar, element, thing });
  return element;
}
