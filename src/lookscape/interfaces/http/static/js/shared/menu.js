// The menu: groups of pages, each a button with a list below it, one list open at a time; on a phone a sheet with all.

const nav = document.querySelector(".nav");
const buttons = [...nav.querySelectorAll("button")];
const listOf = (button) => document.getElementById(button.getAttribute("aria-controls"));
const opened = () => buttons.find((button) => button.getAttribute("aria-expanded") === "true");

function open(button) {
  for (const one of buttons) {
    one.setAttribute("aria-expanded", String(one === button));
    listOf(one).hidden = one !== button;
  }
}

const KEYS = {
  Escape: (button) => close(button),
  ArrowDown: (button) => step(button, 1),
  ArrowUp: (button) => step(button, -1),
  ArrowRight: (button) => beside(button, 1),
  ArrowLeft: (button) => beside(button, -1),
};

function close(button) {
  if (button !== opened()) return false;
  open(null);
  button.focus();
  return true;
}

/** Opens the list, and goes to the next of its pages or the one before. */
function step(button, by) {
  open(button);
  const links = [...listOf(button).querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  const next = at < 0 && by < 0 ? links.length - 1 : (at + by + links.length) % links.length;
  links[next].focus();
  return true;
}

/** Goes to the next group or the one before; its list opens if one is open. */
function beside(button, by) {
  const next = buttons[(buttons.indexOf(button) + by + buttons.length) % buttons.length];
  if (opened()) open(next);
  next.focus();
  return true;
}

nav.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  open(button === opened() ? null : button);
  button.focus(); // some browsers leave it where it was, and Escape would not be heard here
});
nav.addEventListener("keydown", (event) => {
  const button = event.target.closest(".menu")?.querySelector("button");
  if (!button || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]?.(button)) return;
  event.preventDefault();
  event.stopPropagation(); // the page has its own use for arrows and Escape
});
nav.addEventListener("focusout", (event) => event.relatedTarget && !nav.contains(event.relatedTarget) && open(null));
document.addEventListener("pointerdown", (event) => event.target.closest(".menu") ?? open(null));
addEventListener("pageshow", () => open(null)); // going back shows a page as it was left

const pages = document.getElementById("pages");
document.getElementById("more-pages").addEventListener("click", () => pages.showModal());
pages.addEventListener("click", (event) => event.target === pages && pages.close());
