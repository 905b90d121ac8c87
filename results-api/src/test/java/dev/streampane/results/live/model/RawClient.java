// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.live.model;

import dev.streampane.results.EventParser;
import dev.streampane.results.RawHttp;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A client on a plain socket that stops reading where it is told to, be that in the middle of a character. */
final class RawClient {

    private static final int READ_TIMEOUT_MILLIS = 30_000;

    /** Says where a connection is cut. */
    @FunctionalInterface
    interface Cut {
        /**
         * @param bytes bytes of the stream that were read
         * @param block whether the last one ended a block
         */
        boolean here(long bytes, boolean block);
    }

    private RawClient() {}

    /**
     * Reads one connection into {@code fold} until it is cut or ends.
     *
     * @return the bytes that were read; -1 when there is nobody, or no stream, at {@code stream}
     */
    static long read(URI stream, Fold fold, Cut cut) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(stream.getHost(), stream.getPort()), 2_000);
            String id = fold.lastEventId();
            String request = "GET "
                    + stream.getRawPath()
                    + "?"
                    + stream.getRawQuery()
                    + " HTTP/1.0\r\nAccept: text/event-stream\r\n"
                    + (id.isEmpty() ? "" : "Last-Event-ID: " + id + "\r\n")
                    + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            InputStream in = socket.getInputStream();
            if (!RawHttp.head(in).startsWith("HTTP/1.0 200")) {
                return -1;
            }
            fold.connected();
            return events(in, fold, cut);
        } catch (ConnectException e) {
            return -1;
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no byte in 30 s behind " + fold.lastEventId(), e);
        } catch (IOException e) {
            return 0;
        }
    }

    private static long events(InputStream in, Fold fold, Cut cut) throws IOException {
        EventParser parser = new EventParser();
        byte[] buffer = new byte[4_096];
        long bytes = 0;
        while (true) {
            int read;
            try {
                read = in.read(buffer);
            } catch (SocketException e) {
                return bytes;
            }
            for (int i = 0; i < read; i++) {
                boolean block = parser.take(buffer[i] & 0xff);
                if (block) {
                    fold.take(parser.lastEventId().orElseThrow(), parser.event());
                }
                if (cut.here(++bytes, block)) {
                    return bytes;
                }
            }
            if (read < 0) {
                return bytes;
            }
        }
    }
}
