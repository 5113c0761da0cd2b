// Calls to the API. Whatever goes wrong arrives as a Problem whose message is a sentence for a person.

export class Problem extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Ask for anything of this server. Throws Problem, or AbortError when `signal` says stop. */
export async function ask(url, options = {}) {
  let response;
  try {
    response = await fetch(url, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem("The server does not answer. Is it still running?", 0);
  }
  if (response.ok) return response;
  const details = await response.json().catch(() => ({}));
  throw new Problem(sentence(details.detail ?? response.statusText), response.status);
}

/** Run a tool; `params` is an object, or a FormData when it holds a photo. */
export async function call(tool, params, { signal } = {}) {
  const isForm = params instanceof FormData;
  const body = isForm ? params : JSON.stringify(params);
  const headers = isForm ? {} : { "content-type": "application/json" };
  return (await ask(`/api/v1/${tool}`, { method: "POST", headers, body, signal })).json();
}

/** The same for a tool that follows a slider: its answer holds the pictures, but for photos that are there (`have`). */
export async function follow(tool, params, { have, signal }) {
  const body = JSON.stringify({ params, have });
  const headers = { "content-type": "application/json" };
  return (await ask(`/live/${tool}`, { method: "POST", headers, body, signal })).json();
}

function sentence(words) {
  const first = words.slice(0, 1).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
