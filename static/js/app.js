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
document.addEventListener("htmx:sendError", () => notify(notices.dataset.roadmapOffline));
document.addEventListener("htmx:timeout", () => notify(notices.dataset.roadmapOffline));
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status >= 500) notify(notices.dataset.roadmapFailed);
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
