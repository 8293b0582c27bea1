// SPDX-License-Identifier: BSD-2-Clause

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The demo's server: java Server [PORT], default $PORT, default 9090.
 *
 * It prints what its clients send. When a client ends its stream, the client's
 * thread waits for a line on stdin and only then closes: the connection stands
 * in CLOSE_WAIT for as long as somebody wants to look at it. SO_LINGER 0 makes
 * that close an RST, from CLOSE_WAIT too (RFC 9293, 3.10.5 ABORT).
 */
public final class Server {
	private static final int BACKLOG = 2;
	private static final int LISTENER_RCVBUF = 10;
	private static final int CLIENT_BUF = 20;

	/* One reader for all threads: readLine() hands each line to one of them. */
	private static final BufferedReader STDIN =
		new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

	private Server() {
	}

	public static void main(String[] args) {
		int port = portOf(args);

		try (ServerSocket listener = new ServerSocket()) {
			/* Before bind(): a window scale is settled in the handshake. */
			listener.setReceiveBufferSize(LISTENER_RCVBUF);
			listener.bind(new InetSocketAddress(port), BACKLOG);
			say("listening on port " + port + ", backlog " + BACKLOG);
			acceptForever(listener);
		} catch (IOException e) {
			fail("port " + port + ": " + e.getMessage());
		}
	}

	private static int portOf(String[] args) {
		String text = args.length > 0 ? args[0] : System.getenv("PORT");

		if (args.length > 1)
			fail("usage: java Server [PORT]");
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

	private static void acceptForever(ServerSocket listener) throws IOException {
		for (;;) {
			Socket client = listener.accept();
			new Thread(() -> serve(client), "client-" + client.getPort()).start();
		}
	}

	private static void serve(Socket client) {
		String who = client.getInetAddress().getHostAddress() + ":" + client.getPort();

		try (client) {
			client.setReceiveBufferSize(CLIENT_BUF);
			client.setSendBufferSize(CLIENT_BUF);
			client.setKeepAlive(false);
			client.setTcpNoDelay(false);
			client.setSoLinger(true, 0);
			say("accepted " + who);

			echo(client.getInputStream(), who);

			say("end of stream from " + who + "; a line on stdin closes");
			STDIN.readLine();
		} catch (IOException e) {
			say(who + ": " + e.getMessage());
		}
		say("closed " + who);
	}

	private static void echo(InputStream in, String who) throws IOException {
		byte[] buf = new byte[4096];
		long total = 0;
		int n;

		while ((n = in.read(buf)) > 0) {
			total += n;
			say("read " + n + " of " + who + ", " + total + " in all: "
				+ new String(buf, 0, n, StandardCharsets.ISO_8859_1));
		}
	}

	private static void say(String line) {
		System.out.println("server: " + line);
	}

	private static void fail(String why) {
		System.err.println("Server: " + why);
		System.exit(1);
	}
}
