// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import io.netty.channel.Channel;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;

/** The connections of clients. */
public final class HttpConnections {

    private HttpConnections() {}

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
}
