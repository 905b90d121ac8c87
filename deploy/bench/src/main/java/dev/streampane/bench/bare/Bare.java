// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench.bare;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Answers every request with the same bytes, on plain Vert.x, the base of Quarkus, with as many event loops as Quarkus has. */
public final class Bare extends AbstractVerticle {

    private final int port;
    private final Buffer body;

    private Bare(int port, Buffer body) {
        this.port = port;
        this.body = body;
    }

    /**
     * Runs until it is killed.
     *
     * @param args port, file with the answer
     */
    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(args[0]);
        var body = Buffer.buffer(Files.readAllBytes(Path.of(args[1])));
        int loops = 2 * Runtime.getRuntime().availableProcessors();
        Vertx.vertx().deployVerticle(() -> new Bare(port, body), new DeploymentOptions().setInstances(loops));
    }

    @Override
    public void start(Promise<Void> started) {
        vertx.createHttpServer()
                .requestHandler(request -> request.response()
                        .putHeader("content-type", "application/json")
                        .end(body))
                .listen(port, "127.0.0.1")
                .<Void>mapEmpty()
                .onComplete(started);
    }
}
