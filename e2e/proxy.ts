// A line between browser and server that can be cut, or can fall silent: what a car's radio does.
import { connect, createServer, type Server, type Socket } from "node:net";

export class Line {
  #server: Server;
  #sockets = new Set<Socket>();
  #up = true;
  #silent = false;

  private constructor(
    readonly port: number,
    server: Server,
  ) {
    this.#server = server;
  }

  static async to(target: { port: number }): Promise<Line> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = server.address();
    const line = new Line(typeof address === "object" && address ? address.port : 0, server);
    server.on("connection", (browser) => line.#join(browser, target.port));
    return line;
  }

  /** Every connection breaks, and no new one comes about. */
  cut(): void {
    this.#up = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Connections stay, but nothing comes through any more. */
  hush(): void {
    this.#silent = true;
    for (const socket of this.#sockets) socket.pause();
  }

  mend(): void {
    if (this.#silent) for (const socket of this.#sockets) socket.destroy();
    this.#silent = false;
    this.#up = true;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #join(browser: Socket, port: number): void {
    if (!this.#up) {
      browser.destroy();
      return;
    }
    const server = connect(port, "127.0.0.1");
    for (const [one, other] of [
      [browser, server],
      [server, browser],
    ] as const) {
      this.#sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
      if (this.#silent) one.pause();
    }
  }
}
