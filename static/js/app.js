// What HTML and htmx cannot do alone. Everything is bound to data-roadmap-* attributes, and every page
// works without this file: nothing here holds data, and nothing typed is ever stored.

const notices = document.getElementById("notices");

function notify(text) {
  const box = document.createElement("div");
  box.className = "notice notice-error";
  box.textContent = text;
  notices.replaceChildren(box);
}

// A lost connection or a failing server: say so, leave the form and its text alone.
// A panel that refreshes itself was asked by nobody: it tries again in silence.
const isAsked = (event) => !event.target.matches("[data-roadmap-refresh]");
document.addEventListener("htmx:sendError", (event) => isAsked(event) && notify(notices.dataset.roadmapOffline));
document.addEventListener("htmx:timeout", (event) => isAsked(event) && notify(notices.dataset.roadmapOffline));
document.addEventListener("htmx:responseError", (event) => {
  // A refusal of our own brings its sentence; one of the web server or a proxy would pass in silence.
  const isOurs = event.detail.xhr.getResponseHeader("HX-Retarget") === "#notices";
  if (!isOurs && isAsked(event)) notify(notices.dataset.roadmapFailed);
});

// What the server addressed to the notices is shown there, whatever its status.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Retarget") === "#notices") event.detail.shouldSwap = true;
});

// One request per form at a time, with htmx or without.
function submitters(form) {
  return form.matches("form") ? form.querySelectorAll("[type=submit]:not([disabled])") : [];
}

document.addEventListener("htmx:beforeRequest", (event) => {
  for (const button of submitters(event.detail.elt)) {
    button.disabled = true;
    button.dataset.roadmapBusy = "";
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  for (const button of event.detail.elt.querySelectorAll("[data-roadmap-busy]")) {
    button.disabled = false;
    delete button.dataset.roadmapBusy;
  }
  if (event.detail.successful) event.detail.elt.dataset.roadmapClean = "";
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.roadmapSent !== undefined) event.preventDefault();
  form.dataset.roadmapSent = "";
  form.dataset.roadmapClean = "";
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-roadmap-sent]")) delete form.dataset.roadmapSent;
});

// data-roadmap-keep on a form: ask before a page with unsent text is left.
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-roadmap-keep]");
  if (!form) return;
  delete form.dataset.roadmapClean;
  form.dataset.roadmapTyped = "";
});

window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("[data-roadmap-typed]:not([data-roadmap-clean])")) event.preventDefault();
});

// data-roadmap-autosubmit on a filter form: a choice is a submit.
document.addEventListener("change", (event) => {
  event.target.closest("form[data-roadmap-autosubmit]")?.requestSubmit();
});

// data-roadmap-reveal="outlook=will_be_late|at_risk": shown while that field of the form has one of the values.
function reveal(form) {
  const values = new FormData(form);
  for (const part of form.querySelectorAll("[data-roadmap-reveal]")) {
    const [name, wanted] = part.dataset.roadmapReveal.split("=");
    part.hidden = !wanted.split("|").some((value) => values.getAll(name).includes(value));
  }
}

function revealWithin(root) {
  const forms = new Set([...root.querySelectorAll("[data-roadmap-reveal]")].map((part) => part.closest("form")));
  forms.forEach((form) => form && reveal(form));
}

document.addEventListener("change", (event) => event.target.form && reveal(event.target.form));
document.addEventListener("htmx:load", (event) => revealWithin(event.detail.elt.parentElement ?? document));
revealWithin(document);

// data-roadmap-menu on a details element: closed by Escape and by a click elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-roadmap-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("[data-roadmap-menu][open]");
  if (menu) menu.open = false;
  menu?.querySelector("summary").focus();
});

// data-roadmap-copy="id" on a button: copies that field's text; where a browser refuses, it is selected.
function offerCopies(root) {
  for (const button of root.querySelectorAll("[data-roadmap-copy]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-roadmap-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.roadmapCopy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.roadmapCopied;
  } catch {
    field.focus();
  }
});
document.addEventListener("htmx:load", (event) => offerCopies(event.detail.elt.parentElement ?? document));
offerCopies(document);

// data-roadmap-refresh: a panel that asks for itself now and then. It is left as it stands while the
// page is hidden or nothing changed; else what was open stays open, and the focus where it was.
const withState = "[data-roadmap-state]";
let kept = null;

const nameOf = (element) => element.getAttribute("href") ?? element.textContent.trim();
const named = (panel, name) => [...panel.querySelectorAll("a, summary")].filter((one) => nameOf(one) === name);

function placeOf(panel, element) {
  const name = nameOf(element);
  return { name, nth: named(panel, name).indexOf(element) };
}

document.addEventListener("visibilitychange", () => {
  for (const panel of document.querySelectorAll("[data-roadmap-refresh]")) {
    panel.dispatchEvent(new CustomEvent("roadmap:refresh"));
  }
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.target.matches("[data-roadmap-refresh]")) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const panel = event.detail.target;
  if (!panel.matches(withState) || event.detail.xhr.status !== 200) return;
  const state = event.detail.xhr.getResponseHeader("ETag")?.replace("W/", "");
  if (state === panel.dataset.roadmapState) {
    event.detail.shouldSwap = false;
    return;
  }
  const focused = document.activeElement;
  kept = {
    open: [...panel.querySelectorAll("details[open][id]")].map((one) => one.id),
    focus: panel.contains(focused) ? placeOf(panel, focused) : null,
  };
});

document.addEventListener("htmx:load", (event) => {
  const panel = event.detail.elt;
  if (!kept || !panel.matches?.(withState)) return;
  for (const id of kept.open) panel.querySelector(`#${id}`)?.setAttribute("open", "");
  if (kept.focus) {
    const alike = named(panel, kept.focus.name);
    (alike[kept.focus.nth] ?? alike[0] ?? panel).focus({ preventScroll: true });
  }
  kept = null;
});

// data-roadmap-rows on a chart: the arrow keys go from one of its links to the next.
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const chart = step && event.target.closest?.("[data-roadmap-rows]");
  if (!chart) return;
  const links = [...chart.querySelectorAll("a")];
  const next = links[links.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
