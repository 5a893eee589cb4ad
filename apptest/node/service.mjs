// Starts the program that ships, and stops it again.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const project = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const banner = /Message Hub\s+(?:nats|tls):\/\/(\S+)/;
/** What it says, and ends with 1, where the machine is so busy that it is not closed in 4.5 seconds. */
const late = "not everything was finished after";
const startMillis = 180_000;

/** `./dnd-metrics run`, with data and configuration in a folder of its own. */
export class Service {
  constructor(config = "") {
    this.folder = mkdtempSync(join(tmpdir(), "apptest-"));
    this.config = config;
    this.address = "127.0.0.1:0";
    this.output = "";
  }

  static async start(config) {
    const service = new Service(typeof config === "function" ? "" : config);
    if (typeof config === "function") {
      service.config = config(service.folder);
    }
    await service.start();
    return service;
  }

  /** Starts it; a second time on the port that it had. */
  async start() {
    const args = ["run", "--data", join(this.folder, "data"), "--listen", this.address];
    if (this.config) {
      const file = join(this.folder, "config.yaml");
      writeFileSync(file, this.config);
      args.push("--config", file);
    }
    this.process = spawn(join(project, "dnd-metrics"), args, { stdio: ["ignore", "pipe", "pipe"] });
    this.process.stderr.on("data", (text) => (this.output += text));
    this.ended = new Promise((resolve) => this.process.on("close", (code) => resolve(code)));
    this.address = await new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`the service did not start: ${why}\n${this.output}`));
      const timer = setTimeout(() => fail(`not within ${startMillis} ms`), startMillis);
      this.ended.then((code) => fail(`it ended with ${code}`));
      createInterface({ input: this.process.stdout }).on("line", (line) => {
        this.output += line + "\n";
        const found = banner.exec(line);
        if (found) {
          clearTimeout(timer);
          resolve(found[1]);
        }
      });
    });
  }

  /** Ends it as an operator would; its exit code. */
  async stop() {
    this.process.kill("SIGTERM");
    const code = await this.ended;
    return code === 1 && this.output.includes(late) ? 0 : code;
  }

  /** Ends it for good. */
  async close() {
    const code = this.process.exitCode ?? (await this.stop());
    rmSync(this.folder, { recursive: true, force: true });
    return code;
  }
}

export const secured = `
message_hub:
  auth_timeout: 60s
  max_payload: 64KiB
  token: t0ken
  users:
    - user: admin
      password: all-0f-it
    - user: shop
      password: pa$$word
      permissions:
        publish:
          allow: ["shop.>"]
        subscribe:
          allow: ["_INBOX.>", "metrics.>"]
          deny: ["metrics.secret"]
`;

/** The configuration for TLS with a certificate that is made now, as cert.pem in the folder. */
export function tls(folder) {
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  execFileSync(
    "openssl",
    [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
      "-subj", "/CN=hub", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key, "-out", cert,
    ],
    { stdio: "pipe" },
  );
  return `message_hub:\n  auth_timeout: 60s\n  tls:\n    cert_file: ${cert}\n    key_file: ${key}\n`;
}
