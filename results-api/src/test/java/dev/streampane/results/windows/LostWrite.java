// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import dev.streampane.results.security.HttpConnections;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Loses one write in the middle of an answer to a request with the header {@value #HEADER}, and tells who wrote it, as when memory is short;
 * the connection lives.
 */
@Singleton
class LostWrite {

    static final String HEADER = "Lose-A-Write";

    void add(@Observes Router router) {
        router.route("/api/v1/windows").order(0).handler(context -> {
            if (context.request().headers().contains(HEADER)) {
                HttpConnections.channel(context.request()).pipeline().addBefore("handler", HEADER, new Loss());
            }
            context.next();
        });
    }

    private static final class Loss extends ChannelOutboundHandlerAdapter {

        private boolean lost;

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            boolean middle = message instanceof HttpContent
                    && !(message instanceof HttpResponse)
                    && !(message instanceof LastHttpContent);
            if (middle && !lost) {
                lost = true;
                ReferenceCountUtil.release(message);
                promise.tryFailure(new OutOfMemoryError("direct memory"));
            } else {
                context.write(message, promise);
            }
        }
    }
}
