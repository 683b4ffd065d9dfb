"use strict";
// What there is, and how each thing is drawn. Texts become text nodes alone: nothing that a file says is read as HTML.

const data = JSON.parse(document.getElementById("data").textContent);
const things = new Map(data.things.map((thing) => [thing.id, thing]));
const edges = data.edges.map(([source, target, sense]) => ({ source, target, sense }));
// The button of each thing in the picture; those in the list of what belongs together are others.
const shown = new Map();
const bars = [];
const OWNERS = ["proxmox", "guest", "registry"];
const WORDS = {
  proxmox: "Proxmox",
  guest: "Guest",
  environment: "Environment",
  stack: "Stack",
  route: "Route",
  opening: "Opening of the firewall",
  record: "Name in DNS",
  registry: "Registry",
};

const by = (id) => document.getElementById(id);
const of = (...kinds) => data.things.filter((thing) => kinds.includes(thing.kind));
const inside = (id, kind) => data.things.filter((thing) => thing.inside === id && thing.kind === kind);
const isBad = (thing) => Boolean(thing.health) && thing.health !== "healthy";

function make(tag, name, ...parts) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...parts.filter((part) => part !== "" && part !== null && part !== undefined));
  if (tag === "button") element.type = "button";
  return element;
}

function button(thing, title, ...behind) {
  // No line ends behind a sign.
  const sign = thing.sign ? make("span", "sign", `${thing.sign}\u00a0`) : "";
  const health = isBad(thing) ? make("b", "", ` ${thing.health}`) : "";
  const drift = thing.drift ? make("span", "drifted", " ≠ drift") : "";
  const element = make("button", `thing ${thing.kind}`, sign, title, health, drift, ...behind);
  const told = [thing.what, thing.health, thing.probe, thing.remark, ...(thing.where ?? [])];
  element.title = told.filter(Boolean).join("\n");
  element.classList.toggle("bad", isBad(thing));
  element.classList.toggle("drift", Boolean(thing.drift) && !isBad(thing));
  element.classList.toggle("remarked", Boolean(thing.remark));
  element.addEventListener("click", () => select(thing.id === selected ? null : thing.id));
  return element;
}

function inPicture(thing, title, ...behind) {
  const element = button(thing, title, ...behind);
  element.setAttribute("aria-pressed", "false");
  element.dataset.id = thing.id;
  shown.set(thing.id, element);
  return element;
}

function seconds(number) {
  if (number < 90) return `${number.toFixed(number < 10 ? 1 : 0)} s`;
  const whole = Math.round(number);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
