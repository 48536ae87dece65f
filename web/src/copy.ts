/** Shows the copy buttons (they are hidden without script) and makes them work. */
export function offerCopying(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const from = document.getElementById(button.dataset.copy ?? "");
      if (!from) return;
      const said = button.textContent;
      try {
        await navigator.clipboard.writeText(from.textContent?.trim() ?? "");
        button.textContent = "Copied";
      } catch {
        // No clipboard without a secure context: select it, so that one keystroke copies.
        getSelection()?.selectAllChildren(from);
        button.textContent = "Selected: press Ctrl+C";
      }
      setTimeout(() => {
        button.textContent = said;
      }, 3000);
    });
  }
}
