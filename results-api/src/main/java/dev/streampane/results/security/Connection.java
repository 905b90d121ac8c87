// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * The way to one client: what is written waits in it until the socket takes it, and it is {@link #full} when enough waits.
 *
 * <p>Whether the client lives is told by the bytes that the socket takes, not by whole events: one that reads slowly, but reads, makes
 * progress. The socket takes bytes when the client's kernel has announced room for them, which happens in steps (on a network some KiB, on the
 * loopback interface up to 64 KiB), so a client that reads less than such a step within the stall timeout looks like one that reads
 * nothing. On HTTP/2 whole writes are what counts. Used on the connection's event loop.
 */
public final class Connection {

    /** Bytes that may wait; one more write is begun below that. */
    public static final int MAX_WAITING_BYTES = 32 << 10;

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Channel channel;
    private final boolean alone;
    private boolean full;
    private long stuckSince;
    private long taken;
    private long written;

    /**
     * @param sendBufferBytes what the kernel may hold back for the client, which it is left alone with on HTTP/2. Left to itself it takes up to 4 MiB of
     *     one that does not read (tcp_wmem), and makes room in steps of a third of that
     */
    public Connection(HttpServerRequest request, int sendBufferBytes) {
        this.request = request;
        this.response = request.response();
        this.channel = channel(request);
        this.alone = isAlone(request);
        response.setWriteQueueMaxSize(MAX_WAITING_BYTES);
        if (alone && channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_SNDBUF, sendBufferBytes);
        }
    }

    public EventLoop eventLoop() {
        return channel.eventLoop();
    }

    /** Writes bytes that may be written to others, too. */
    public void write(Buffer bytes) {
        written += bytes.length();
        // what could not be written, as when direct memory is short, must not be missing from an
        // answer that goes on
        response.write(bytes).onFailure(failure -> cut());
    }

    /** Whether nothing more should be written now, as once it is ended. */
    public boolean full() {
        boolean nowFull = response.ended() || response.writeQueueFull();
        if (nowFull && !full) {
            stuckSince = System.nanoTime();
            taken = taken();
        }
        full = nowFull;
        return nowFull;
    }

    /** For how long the client has taken nothing of what waits for it; 0 while there is room, and on HTTP/2 when no more writes come. */
    public long stuckNanos(long now) {
        if (!full() || response.ended() && !alone) {
            return 0;
        }
        long nowTaken = taken();
        if (nowTaken != taken) {
            taken = nowTaken;
            stuckSince = now;
        }
        return Math.max(0, now - stuckSince);
    }

    /** Ends the answer as a client expects it; done when all of it has been written. */
    public Future<Void> end() {
        return response.end();
    }

    /** Cuts it, with what waits in it. */
    public void cut() {
        cut(request);
    }

    /** Whether nothing but this request is on its connection, as before HTTP/2. */
    public static boolean isAlone(HttpServerRequest request) {
        return request.version() != HttpVersion.HTTP_2;
    }

    /** What a request came by; others may share it. */
    public static Channel channel(HttpServerRequest request) {
        return ((ConnectionBase) request.connection()).channel();
    }

    /**
     * Cuts the connection of a request in the middle of the answer, with what waits in it, or the stream where several share one.
     *
     * <p>{@code response.reset()} waits until all has been written, which a client that takes nothing puts off for ever, and then tells no close
     * handler, so that the framework counts the request as running for good.
     */
    public static void cut(HttpServerRequest request) {
        if (isAlone(request)) {
            Channel channel = channel(request);
            channel.unsafe().close(channel.voidPromise());
        } else {
            request.response().reset();
        }
    }

    /** Bytes that the socket has taken so far, and the encoding's own; only changes of it mean anything. */
    private long taken() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return alone && waiting != null
                ? written - waiting.totalPendingWriteBytes() + waiting.currentProgress()
                : written;
    }
}
