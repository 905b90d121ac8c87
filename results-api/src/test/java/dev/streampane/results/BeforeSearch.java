// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import io.quarkus.elasticsearch.restclient.lowlevel.ElasticsearchClientConfig;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.http.HttpEntityEnclosingRequest;
import org.apache.http.HttpRequest;
import org.apache.http.HttpRequestInterceptor;
import org.apache.http.impl.nio.client.HttpAsyncClientBuilder;
import org.apache.http.protocol.HttpContext;
import org.apache.http.util.EntityUtils;
import org.elasticsearch.client.RestClientBuilder;

/** Does something once, before the service under test sends a certain search. */
@ElasticsearchClientConfig
public class BeforeSearch implements RestClientBuilder.HttpClientConfigCallback, HttpRequestInterceptor {

    private record Task(List<String> marks, Runnable done) {}

    private static final AtomicReference<Task> NEXT = new AtomicReference<>();

    /** Before the next search that has all of {@code marks} in it. */
    public static void once(Runnable done, String... marks) {
        NEXT.set(new Task(List.of(marks), done));
    }

    /** Whether it was done. */
    public static boolean done() {
        return NEXT.get() == null;
    }

    @Override
    public HttpAsyncClientBuilder customizeHttpClient(HttpAsyncClientBuilder client) {
        return client.addInterceptorFirst(this);
    }

    @Override
    public void process(HttpRequest request, HttpContext context) throws IOException {
        Task task = NEXT.get();
        if (task != null && request instanceof HttpEntityEnclosingRequest search && search.getEntity() != null) {
            String body = EntityUtils.toString(search.getEntity());
            if (task.marks().stream().allMatch(body::contains) && NEXT.compareAndSet(task, null)) {
                task.done().run();
            }
        }
    }
}
