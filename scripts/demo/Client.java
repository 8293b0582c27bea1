// SPDX-License-Identifier: BSD-2-Clause

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * The demo's client: java Client [PORT [HOST]], default $PORT, default 9090,
 * on the loopback address.
 *
 * It writes its stdin one byte a write, each its own segment as TCP_NODELAY
 * asks, and closes at the end of its input.
 */
public final class Client {
	private static final int SNDBUF = 20;

	private Client() {
	}

	public static void main(String[] args) {
		int port = portOf(args);
		String host = args.length > 1 ? args[1] : null;

		try (Socket server = new Socket()) {
			/* getByName(null) is the loopback address. */
			InetSocketAddress peer =
				new InetSocketAddress(InetAddress.getByName(host), port);

			server.setSendBufferSize(SNDBUF);
			server.setTcpNoDelay(true);
			server.connect(peer);
			say("connected from port " + server.getLocalPort());
			say("wrote " + copy(server.getOutputStream()) + " bytes, closing");
		} catch (IOException e) {
			fail("port " + port + ": " + e.getMessage());
		}
	}

	private static int portOf(String[] args) {
		String text = args.length > 0 ? args[0] : System.getenv("PORT");

		if (args.length > 2)
			fail("usage: java Client [PORT [HOST]]");
		if (text == null || text.isEmpty())
			return 9090;
		try {
			int port = Integer.parseInt(text);
			if (port >= 1 && port <= 65535)
				return port;
		} catch (NumberFormatException e) {
			/* told below, as a number out of range is */
		}
		fail("not a port (1-65535): " + text);
		return -1;
	}

	private static long copy(OutputStream out) throws IOException {
		long count = 0;
		int c;

		while ((c = System.in.read()) >= 0) {
			out.write(c);
			count++;
		}
		return count;
	}

	private static void say(String line) {
		System.out.println("client: " + line);
	}

	private static void fail(String why) {
		System.err.println("Client: " + why);
		System.exit(1);
	}
}
