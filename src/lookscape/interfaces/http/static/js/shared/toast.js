// A short message at the bottom of the page, with at most one thing to do about it.

const SHOWN_MS = 6000;

/** Show a message. `action` is {label, run}; `gone` is called when it leaves without the action. Returns a closer. */
export function toast(message, { action, gone = () => {} } = {}) {
  const box = document.createElement("div");
  box.className = "toast";
  box.append(Object.assign(document.createElement("p"), { textContent: message }));
  const timer = setTimeout(() => close(gone), SHOWN_MS);
  function close(then) {
    clearTimeout(timer);
    if (!box.isConnected) return;
    box.remove();
    then();
  }
  if (action) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: action.label });
    button.addEventListener("click", () => close(action.run));
    box.append(button);
  }
  document.getElementById("toasts").append(box);
  return () => close(gone);
}
