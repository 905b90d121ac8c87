// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import dev.streampane.results.security.Connection;
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
 * Loses one write of an answer to a request with the header {@value #HEADER}, one in its {@code middle} or the {@code last}, and tells who wrote
 * it, as when memory is short; the connection lives.
 */
@Singleton
class LostWrite {

    static final String HEADER = "Lose-A-Write";

    void add(@Observes Router router) {
        router.route("/api/v1/windows").order(0).handler(context -> {
            String which = context.request().getHeader(HEADER);
            if (which != null) {
                Connection.channel(context.request())
                        .pipeline()
                        .addBefore("handler", HEADER, new Loss(which.equals("last")));
            }
            context.next();
        });
    }

    private static final class Loss extends ChannelOutboundHandlerAdapter {

        private final boolean last;
        private boolean lost;

        Loss(boolean last) {
            this.last = last;
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            boolean body = message instanceof HttpContent && !(message instanceof HttpResponse);
            if (body && message instanceof LastHttpContent == last && !lost) {
                lost = true;
                ReferenceCountUtil.release(message);
                promise.tryFailure(new OutOfMemoryError("direct memory"));
            } else {
                context.write(message, promise);
            }
        }
    }
}
