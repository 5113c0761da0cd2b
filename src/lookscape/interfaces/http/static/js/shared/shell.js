// What every page has: the menu, light and dark, shortcuts, buttons that copy, forms that start a job.

import "./menu.js";
import "./start.js";
import { toast } from "./toast.js";

const root = document.documentElement;
const keys = document.getElementById("keys");
const isDark = () => getComputedStyle(root).colorScheme === "dark" || (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);

document.getElementById("theme").addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
});
document.getElementById("show-keys").addEventListener("click", () => keys.showModal());
keys.addEventListener("click", (event) => event.target === keys && keys.close());

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy).then(
    () => toast("Copied"),
    () => toast("The browser does not allow copying here"),
  );
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
  if (event.key === "?") keys.showModal();
  else if (event.key === "/") (event.preventDefault(), focusFilter());
  else if (event.key === "s") (document.getElementById("search-with") ?? document.querySelector('.nav a[href="/search"]')).click();
});

function focusFilter() {
  const field = document.getElementById("text") ?? document.getElementById("url");
  if (field?.checkVisibility()) field.focus();
  else location.assign("/#text");
}

document.addEventListener("error", (event) => event.target.matches?.(".photo") && event.target.closest(".tile").classList.add("broken"), true);
