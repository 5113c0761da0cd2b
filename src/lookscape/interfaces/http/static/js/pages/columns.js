// The attributes: say how the values of one are read, and see what they are then.

import { call } from "../shared/api.js";
import { toast } from "../shared/toast.js";

const board = document.getElementById("columns");

/** What the server says of a row now, or how it stood before. */
function show(row, { kind, why, said, by, example, read_as: readAs }) {
  const pill = row.querySelector(".pill");
  pill.textContent = kind;
  pill.classList.toggle("sure", Boolean(said));
  row.querySelector("select").value = said || "auto";
  row.querySelector(".columns-why").textContent = by ? `${why} (${by})` : why;
  const cell = row.querySelector(".columns-example");
  cell.replaceChildren(Object.assign(document.createElement("span"), { textContent: example }));
  if (readAs && readAs !== example) cell.append(" ", Object.assign(document.createElement("small"), { textContent: readAs }));
}

async function told(row) {
  const { columns } = await call("manage/info", {});
  return columns.find(({ name }) => name === row.dataset.name);
}

board.addEventListener("change", async ({ target }) => {
  const row = target.closest("tr");
  const problem = row.querySelector(".form-error");
  problem.textContent = "";
  target.disabled = true;
  try {
    const { name, kind, unread } = await call("annotate/kind", { name: row.dataset.name, kind: target.value });
    const left = unread ? `; of ${unread} products the value is none` : "";
    toast(`${name} is read as ${kind} now${left}`);
  } catch (error) {
    problem.textContent = error.message;
  }
  const now = await told(row).catch(() => null);
  if (now) show(row, now);
  target.disabled = false;
});
