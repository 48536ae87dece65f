// "New reads came": said, not done, because nothing moves by itself.
import { live } from "./live.ts";

export class LiveNote extends HTMLElement {
  connectedCallback(): void {
    const topic = this.getAttribute("topic");
    live().addEventListener("topic", (event) => {
      if ((event as CustomEvent<string>).detail === topic) this.hidden = false;
    });
  }
}
