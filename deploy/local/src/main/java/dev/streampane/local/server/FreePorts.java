// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds ports on which nobody listens, from 15000 to 31999. They are below the range from which Linux takes the ports of outgoing
 * connections, so that no such connection takes a port between its choice and its use. Each call goes on after the port that the one
 * before chose last, so that a process that starts several servers at the same time never gives two of them the same port.
 */
public final class FreePorts {

    private static final int FIRST = 15_000;
    private static final int END = 32_000;

    private static int candidate = ThreadLocalRandom.current().nextInt(FIRST, END);

    private FreePorts() {}

    /** One free port. */
    public static int next() {
        return next(1)[0];
    }

    /** {@code n} different free ports. */
    public static synchronized int[] next(int n) {
        int[] ports = new int[n];
        for (int i = 0; i < n; candidate = candidate + 1 < END ? candidate + 1 : FIRST) {
            if (isFree(candidate)) {
                ports[i++] = candidate;
            }
        }
        return ports;
    }

    /**
     * Whether somebody listens on {@code port} of the loopback address. Unlike {@link #isFree} it does not bind the port, so that a
     * server which is about to listen there is not disturbed.
     */
    public static boolean isListening(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    /** Whether a server could listen on {@code port}, on the loopback address and on all others: binds the port for a moment. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
