// Forms that start a slow tool: their fields become its parameters, and the jobs page shows how it goes.

import { call } from "./api.js";

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.start")) return;
  event.preventDefault();
  start(event.target);
});

async function start(form) {
  const says = form.querySelector(".form-error");
  const button = form.querySelector("button:not([type])");
  says.textContent = "";
  button.disabled = true;
  try {
    await call(form.dataset.tool, params(form));
    if (form.dataset.then) await call(form.dataset.then, {});
    if (document.body.dataset.page === "jobs") document.dispatchEvent(new Event("job-started"));
    else location.assign("/jobs");
  } catch (problem) {
    says.textContent = problem.message;
  } finally {
    button.disabled = false;
  }
}

function params(form) {
  const given = {};
  for (const field of form.querySelectorAll("[data-kind]")) {
    const { kind } = field.dataset;
    const value = field.value.trim();
    if (kind === "checkbox") given[field.name] = field.checked;
    else if (value === "") continue;
    else if (kind === "list") given[field.name] = value.split(",").map((part) => part.trim());
    else given[field.name] = kind === "number" ? Number(value) : value;
  }
  return given;
}
