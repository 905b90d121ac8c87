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
 * The connection to one client: bytes that are written wait in it until the socket takes them, and it is {@link #full} when enough wait.
 *
 * <p>Progress is measured by the bytes that the socket takes, not by whole events, so a client that reads slowly still makes progress. The socket
 * takes bytes when the client's kernel has opened its receive window, which happens in steps (on a network some KiB, on the loopback interface up
 * to 64 KiB). So a client that reads less than such a step within the stall timeout looks like one that reads nothing. On HTTP/2 progress is
 * measured by whole writes. Used on the connection's event loop.
 */
public final class Connection {

    /** The connection is full once this many bytes wait; a write that begins below the limit may exceed it. */
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
     * @param sendBufferBytes size of the kernel's send buffer; not set on HTTP/2. The kernel's default grows to 4 MiB for a client that does not read
     *     (tcp_wmem), and then takes bytes only in steps of a third of that
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

    /** Writes bytes; the buffer is not changed, and may be written to other connections, too. Cuts the connection when the write fails. */
    public void write(Buffer bytes) {
        written += bytes.length();
        // when a write fails, for example for lack of direct memory, the response must not go on with
        // a gap
        response.write(bytes).onFailure(failure -> cut());
    }

    /** Whether nothing more should be written now; also true once the response has ended. */
    public boolean full() {
        boolean nowFull = response.ended() || response.writeQueueFull();
        if (nowFull && !full) {
            stuckSince = System.nanoTime();
            taken = taken();
        }
        full = nowFull;
        return nowFull;
    }

    /** For how long the client has taken none of the waiting bytes; 0 while the connection is not full, and on HTTP/2 once the response has ended. */
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

    /** Ends the response regularly; completes when all of it has been written. */
    public Future<Void> end() {
        return response.end();
    }

    /** Cuts the connection and drops the bytes that wait in it, see {@link #cut(HttpServerRequest)}. */
    public void cut() {
        cut(request);
    }

    /** Whether the request has its connection for itself: true before HTTP/2. */
    public static boolean isAlone(HttpServerRequest request) {
        return request.version() != HttpVersion.HTTP_2;
    }

    /** The channel of the request's connection; other requests may share it. */
    public static Channel channel(HttpServerRequest request) {
        return ((ConnectionBase) request.connection()).channel();
    }

    /**
     * Cuts the connection of a request in the middle of the response and drops the bytes that wait in it; on HTTP/2 it resets the stream only.
     *
     * <p>Before HTTP/2, {@code response.reset()} will not do: it waits until everything has been written, which is never for a client that reads
     * nothing. It also calls no close handler, so that the framework would count the request as running for ever.
     */
    public static void cut(HttpServerRequest request) {
        if (isAlone(request)) {
            Channel channel = channel(request);
            channel.unsafe().close(channel.voidPromise());
        } else {
            request.response().reset();
        }
    }

    /** Bytes that the socket has taken so far, not corrected for the transfer encoding: only changes of the value have a meaning. */
    private long taken() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return alone && waiting != null
                ? written - waiting.totalPendingWriteBytes() + waiting.currentProgress()
                : written;
    }
}
