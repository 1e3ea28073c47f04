/*
 * A driver of CUDA for tests where there is none: memory is the host's, and kernels do nothing, or what a runner does (fake_set_runner). It writes down every call that does something, of
 * threads that read it (fake_log), with what each launch got as its kernel's parameters. The functions are declared as in cuda.h. What it pretends to a thread is set by fake_set.
 *
 * A GPU does its work when it likes. Here it is done at once or, on devices that are opened while "late" is set, when somebody waits for it: of all streams (1), of a device's first (2) or of
 * the others (3). So work that waits for too little computes with what is not there yet, or no longer.
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int CUresult, CUdevice;
typedef unsigned long long CUdeviceptr;
typedef struct { long long number; const char *text; int count; struct function **kernels; } *CUmodule;
typedef struct function { char name[256]; int count; int bytes[64]; CUmodule module; } *CUfunction;
/* Work: a launch with its parameters as they were when it was submitted, a graph, waiting for the work of another stream up to a number, a copy, or memory that is set. */
typedef struct node { CUfunction kernel; unsigned int groups, threads; unsigned char *parameters; struct graph *graph; struct stream *awaited; long long until; CUdeviceptr target, source; size_t bytes; int value; struct node *next; } node;
typedef struct graph { char text[65536]; node *first, *last; } *CUgraph, *CUgraphExec;
/* runs: whether kernels are run. */
typedef struct { int runs, late; } *CUcontext;
/* beside: whether it is another than a device's first. late: whether work is done when it is waited for; until then it stands in a line. failed: what work said that could say it to nobody. */
typedef struct stream { int runs, beside, late; CUresult failed; CUgraph capture; node *first, *last; long long submitted, done; CUcontext owner; struct stream *next; } *CUstream;
/* Work of a stream up to a number. */
typedef struct { CUstream stream; long long number; } *CUevent;

/* Runs a kernel of a module that has a number and a text. */
typedef int (*Runner)(long long module, const char *text, const char *kernel, unsigned int groups, unsigned int threads, const unsigned char *parameters, int bytes);

#define ROOM (1 << 20)
/* isNew: a device was opened, and its first stream is made next. */
static __thread int version = 12040, devices = 1, major = 9, minor = 0, most = 1 << 30, refuse = 0, fail = 0, run = 0, late = 0, isNew = 0;
static __thread CUcontext current = 0;
static __thread char *lines = 0, *copied = 0;
static __thread size_t used = 0;
static char words[4096] = "what a driver would say";
static Runner runner = 0;
static CUstream streams = 0;
static struct { CUdeviceptr address; size_t bytes; } *blocks = 0;
static int blockCount = 0, blockRoom = 0;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

int fake_set(const char *what, int value)
{
    if (!strcmp(what, "version")) version = value;
    else if (!strcmp(what, "devices")) devices = value;
    else if (!strcmp(what, "capability")) { major = value / 10; minor = value % 10; }
    else if (!strcmp(what, "most")) most = value;
    else if (!strcmp(what, "refuse")) refuse = value;
    else if (!strcmp(what, "fail")) fail = value;
    else if (!strcmp(what, "run")) run = value;
    else if (!strcmp(what, "late")) late = value;
    else return 1;
    return 0;
}

/* What runs kernels, on devices that a thread opens while its "run" is set. */
void fake_set_runner(Runner with) { runner = with; }

/* What a runner says of its error. */
void fake_say(const char *text) { snprintf(words, sizeof words, "%s", text); }

/* The blocks of memory that there are, at most as many. */
int fake_blocks(CUdeviceptr *addresses, unsigned long long *bytes, int room)
{
    pthread_mutex_lock(&gate);
    int count = blockCount;
    for (int i = 0; i < count && i < room; i++) { addresses[i] = blocks[i].address; bytes[i] = blocks[i].bytes; }
    pthread_mutex_unlock(&gate);
    return count;
}

/* The thread's calls since the last time, one a line. Before the first time none is written down. */
const char *fake_log(void)
{
    if (!lines) { lines = calloc(1, ROOM); copied = calloc(1, ROOM); }
    strcpy(copied, lines);
    lines[used = 0] = 0;
    return copied;
}

/* The float there; 0 where there is no memory: not every kernel needs all of its views. */
static float at_address(CUdeviceptr address)
{
    float value = 0;
    pthread_mutex_lock(&gate);
    for (int i = 0; i < blockCount; i++)
        if (address >= blocks[i].address && address + sizeof value <= blocks[i].address + blocks[i].bytes) memcpy(&value, (void *)(uintptr_t)address, sizeof value);
    pthread_mutex_unlock(&gate);
    return value;
}

static void put(const char *text)
{
    size_t length = strlen(text);
    if (!lines || used + length >= ROOM) return;
    strcpy(lines + used, text);
    used += length;
}

/* Into the graph that a stream captures, or into the thread's calls. */
static void say_to(CUstream s, const char *format, ...)
{
    char line[4096];
    va_list rest;
    if (!lines) return;
    va_start(rest, format);
    vsnprintf(line, sizeof line - 1, format, rest);
    va_end(rest);
    strcat(line, "\n");
    if (!s || !s->capture) put(line);
    else if (strlen(s->capture->text) + strlen(line) < sizeof s->capture->text) strcat(s->capture->text, line);
}

#define say(...) say_to(0, __VA_ARGS__)

/* Does what stands in a stream's line, up to a number. */
static CUresult finish(CUstream s, long long until);

static CUresult work(CUstream s, node *n)
{
    if (n->graph)
    {
        CUresult answer = 0;
        for (node *one = n->graph->first; one && !answer; one = one->next) answer = work(s, one);
        return answer;
    }
    if (n->awaited) return finish(n->awaited, n->until);
    if (n->kernel)
    {
        int bytes = 0;
        for (int i = 0; i < n->kernel->count; i++) bytes = (bytes + (n->kernel->bytes[i] == 16 ? 7 : 3)) / (n->kernel->bytes[i] == 16 ? 8 : 4) * (n->kernel->bytes[i] == 16 ? 8 : 4) + n->kernel->bytes[i];
        return s->runs ? runner(n->kernel->module->number, n->kernel->module->text, n->kernel->name, n->groups, n->threads, n->parameters, bytes) : 0;
    }
    if (n->source) memcpy((void *)(uintptr_t)n->target, (void *)(uintptr_t)n->source, n->bytes);
    else memset((void *)(uintptr_t)n->target, n->value, n->bytes);
    return 0;
}

static CUresult finish(CUstream s, long long until)
{
    while (s->first && s->done < until)
    {
        node *n = s->first;
        if (!(s->first = n->next)) s->last = 0;
        s->done++;
        CUresult answer = work(s, n);
        if (!s->failed) s->failed = answer;
        free(n->parameters);
        free(n);
    }
    return s->failed;
}

static void append(node **first, node **last, node one)
{
    node *n = malloc(sizeof *n);
    *n = one;
    n->next = 0;
    if (*last) (*last)->next = n;
    else *first = n;
    *last = n;
}

/* Does work at once, lets it stand in line, or writes it down. */
static CUresult submit(CUstream s, node one)
{
    if (s->capture) append(&s->capture->first, &s->capture->last, one);
    else
    {
        s->submitted++;
        if (s->late) append(&s->first, &s->last, one);
        else
        {
            CUresult answer = work(s, &one);
            s->done++;
            free(one.parameters);
            return answer;
        }
    }
    return 0;
}

/* What gives something back waits for all work that may need it. */
static void finish_all(void)
{
    pthread_mutex_lock(&gate);
    CUstream all = streams;
    pthread_mutex_unlock(&gate);
    for (; all; all = all->next)
        if (all->owner == current) (void)finish(all, all->submitted);
}

static void drop(CUgraph graph)
{
    for (node *n = graph->first, *next; n; n = next) { next = n->next; free(n->parameters); free(n); }
    free(graph);
}

static const char *where(CUstream s) { return s && s->beside ? " beside" : ""; }

CUresult cuInit(unsigned int flags) { return devices ? 0 : 100; }
CUresult cuDriverGetVersion(int *v) { *v = version; return 0; }
CUresult cuGetErrorName(CUresult error, const char **text) { *text = error == 700 ? "CUDA_ERROR_ILLEGAL_ADDRESS" : error == 218 ? "CUDA_ERROR_INVALID_PTX" : error == 719 ? "CUDA_ERROR_LAUNCH_FAILED" : "CUDA_ERROR_OTHER"; return 0; }
CUresult cuGetErrorString(CUresult error, const char **text) { *text = error == 719 ? words : "what a driver would say"; return 0; }
CUresult cuDeviceGetCount(int *count) { *count = devices; return 0; }
CUresult cuDeviceGet(CUdevice *device, int number) { *device = 40 + number; return number < devices ? 0 : 101; }
CUresult cuDeviceGetName(char *name, int length, CUdevice device) { snprintf(name, length, "Fake %d", device - 40); return 0; }
CUresult cuDeviceGetAttribute(int *value, int attribute, CUdevice device) { *value = attribute == 75 ? major : attribute == 76 ? minor : -1; return 0; }
CUresult cuDevicePrimaryCtxRetain(CUcontext *c, CUdevice device) { *c = calloc(1, sizeof **c); (*c)->runs = run && runner; (*c)->late = late; isNew = 1; say("retain %d", device - 40); return 0; }
CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) { say("release %d", device - 40); return 0; }
CUresult cuCtxSetCurrent(CUcontext c) { current = c; return c ? 0 : 201; }

CUresult cuMemAlloc_v2(CUdeviceptr *address, size_t bytes)
{
    if (bytes > (size_t)most) return 2;
    /* What is new is not zero. */
    *address = (CUdeviceptr)(uintptr_t)memset(malloc(bytes), 0xAB, bytes);
    pthread_mutex_lock(&gate);
    if (blockCount == blockRoom) blocks = realloc(blocks, (blockRoom = 2 * blockRoom + 16) * sizeof *blocks);
    blocks[blockCount].address = *address;
    blocks[blockCount++].bytes = bytes;
    pthread_mutex_unlock(&gate);
    say("allocate %zu", bytes);
    return 0;
}

CUresult cuMemFree_v2(CUdeviceptr address)
{
    finish_all();
    pthread_mutex_lock(&gate);
    for (int i = 0; i < blockCount; i++)
        if (blocks[i].address == address) { blocks[i] = blocks[--blockCount]; break; }
    pthread_mutex_unlock(&gate);
    free((void *)(uintptr_t)address);
    say("free");
    return 0;
}

CUresult cuMemGetInfo_v2(size_t *left, size_t *total) { *left = most; *total = 2 * (size_t)most; return 0; }
CUresult cuMemHostAlloc(void **memory, size_t bytes, unsigned int flags) { *memory = malloc(bytes); say("lock %zu %u", bytes, flags); return 0; }
CUresult cuMemFreeHost(void *memory) { finish_all(); free(memory); say("unlock"); return 0; }
CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr target, const void *source, size_t bytes, CUstream s) { if (!s || s->capture) return 1; say("up %zu%s", bytes, where(s)); return submit(s, (node){ .target = target, .source = (CUdeviceptr)(uintptr_t)source, .bytes = bytes }); }
CUresult cuMemcpyDtoHAsync_v2(void *target, CUdeviceptr source, size_t bytes, CUstream s) { if (!s || s->capture) return 1; say("down %zu", bytes); return submit(s, (node){ .target = (CUdeviceptr)(uintptr_t)target, .source = source, .bytes = bytes }); }
CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr target, CUdeviceptr source, size_t bytes, CUstream s) { if (!s) return 1; say_to(s, "copy %zu", bytes); return submit(s, (node){ .target = target, .source = source, .bytes = bytes }); }
CUresult cuMemsetD8Async(CUdeviceptr target, unsigned char value, size_t count, CUstream s) { if (!s) return 1; say_to(s, "set %zu to %d", count, value); return submit(s, (node){ .target = target, .bytes = count, .value = value }); }

CUresult cuStreamCreate(CUstream *s, unsigned int flags)
{
    *s = calloc(1, sizeof **s);
    (*s)->owner = current;
    (*s)->runs = current->runs;
    (*s)->beside = !isNew;
    (*s)->late = current->late == 1 || current->late == (isNew ? 2 : 3);
    isNew = 0;
    pthread_mutex_lock(&gate);
    (*s)->next = streams;
    streams = *s;
    pthread_mutex_unlock(&gate);
    say("stream %u%s", flags, where(*s));
    return 0;
}

CUresult cuStreamSynchronize(CUstream s) { say("wait%s", where(s)); return !s || s->capture ? 1 : fail ? fail : finish(s, s->submitted); }

CUresult cuStreamDestroy_v2(CUstream s)
{
    say("destroy stream%s", where(s));
    (void)finish(s, s->submitted);
    pthread_mutex_lock(&gate);
    for (CUstream *at = &streams; *at; at = &(*at)->next)
        if (*at == s) { *at = s->next; break; }
    pthread_mutex_unlock(&gate);
    free(s);
    return 0;
}

CUresult cuStreamWaitEvent(CUstream s, CUevent event, unsigned int flags) { say("await event%s", where(s)); return flags || !event->stream ? (CUresult)flags : submit(s, (node){ .awaited = event->stream, .until = event->number }); }
CUresult cuStreamBeginCapture_v2(CUstream s, int mode) { if (!s || s->capture || mode != 1) return 901; s->capture = calloc(1, sizeof *s->capture); return 0; }
CUresult cuStreamEndCapture(CUstream s, CUgraph *graph) { if (!s || !s->capture) return 901; *graph = s->capture; s->capture = 0; return 0; }
CUresult cuEventCreate(CUevent *event, unsigned int flags) { *event = calloc(1, sizeof **event); return flags == 2 ? 0 : 1; }
CUresult cuEventRecord(CUevent event, CUstream s) { say("record%s", where(s)); event->stream = s; event->number = s->submitted; return 0; }
CUresult cuEventSynchronize(CUevent event) { say("await"); return event->stream ? finish(event->stream, event->number) : 0; }
CUresult cuEventDestroy_v2(CUevent event) { free(event); return 0; }

CUresult cuGraphInstantiateWithFlags(CUgraphExec *executable, CUgraph graph, unsigned long long flags) { *executable = malloc(sizeof **executable); **executable = *graph; graph->first = graph->last = 0; say("instantiate %llu", flags); return 0; }
CUresult cuGraphLaunch(CUgraphExec executable, CUstream s)
{
    if (!s || s->capture) return 1;
    say("graph {");
    put(executable->text);
    say("}");
    return submit(s, (node){ .graph = executable });
}

CUresult cuGraphExecDestroy(CUgraphExec executable) { finish_all(); drop(executable); say("forget"); return 0; }
CUresult cuGraphDestroy(CUgraph graph) { drop(graph); say("drop"); return 0; }

/* Kernels and the sizes of their parameters, as the PTX declares them: .param .b32 NAME, or .param .align 8 .b8 NAME[BYTES]. */
CUresult cuModuleLoadDataEx(CUmodule *module, const void *image, unsigned int count, int *options, void **values)
{
    if (refuse)
    {
        for (unsigned int i = 0; i < count; i++)
            if (options[i] == 5 && i + 1 < count && options[i + 1] == 6) snprintf(values[i], (size_t)(uintptr_t)values[i + 1], "ptxas error   : line 7 is wrong");
        return 218;
    }
    static long long number = 0;
    *module = calloc(1, sizeof **module);
    (*module)->number = __atomic_add_fetch(&number, 1, __ATOMIC_SEQ_CST);
    (*module)->text = strdup(image);
    for (const char *at = image; (at = strstr(at, ".entry ")) != 0;)
    {
        CUfunction kernel = calloc(1, sizeof *kernel);
        at += 7;
        sscanf(at, "%255[A-Za-z0-9_]", kernel->name);
        for (const char *end = strchr(at, ')'), *next; (next = strstr(at, ".param ")) != 0 && next < end; at = next + 1)
        {
            int bytes = 0;
            const char *comma = next + strcspn(next, ",)"), *bracket = memchr(next, '[', comma - next);
            if (bracket) bytes = atoi(bracket + 1);
            else bytes = atoi(strchr(next + 7, '.') + 2) / 8;
            kernel->bytes[kernel->count++] = bytes;
        }
        kernel->module = *module;
        (*module)->kernels = realloc((*module)->kernels, ((*module)->count + 1) * sizeof kernel);
        (*module)->kernels[(*module)->count++] = kernel;
    }
    say("load %d", (*module)->count);
    return 0;
}

CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name)
{
    for (int i = 0; i < module->count; i++)
        if (!strcmp(module->kernels[i]->name, name)) return *function = module->kernels[i], 0;
    return 500;
}

CUresult cuModuleUnload(CUmodule module) { finish_all(); say("unload"); return 0; }

CUresult cuLaunchKernel(CUfunction f, unsigned int gx, unsigned int gy, unsigned int gz, unsigned int bx, unsigned int by, unsigned int bz, unsigned int shared, CUstream s, void **parameters, void **extra)
{
    char text[2048] = "";
    node one = { .kernel = f, .groups = gx, .threads = bx };
    int at = 0;
    if (!s || extra || gy != 1 || gz != 1 || by != 1 || bz != 1 || shared) return 1;
    if (fail) return fail;
    one.parameters = calloc(1, 16 * 64);
    for (int i = 0; i < f->count; i++)
    {
        char one_text[128];
        int align = f->bytes[i] == 16 ? 8 : 4;
        at = (at + align - 1) / align * align;
        memcpy(one.parameters + at, parameters[i], f->bytes[i]);
        at += f->bytes[i];
        if (!lines) continue;
        if (f->bytes[i] == 16)
        {
            /* A view: the first float there, and how many there may be. */
            snprintf(one_text, sizeof one_text, " [%g..%lld]", at_address(*(CUdeviceptr *)parameters[i]), ((long long *)parameters[i])[1]);
        }
        else snprintf(one_text, sizeof one_text, " %d", *(int *)parameters[i]);
        if (strlen(text) + strlen(one_text) < sizeof text) strcat(text, one_text);
    }
    say_to(s, "%s<%u,%u,%u; %u,%u,%u; %u>%s", f->name, gx, gy, gz, bx, by, bz, shared, text);
    return submit(s, one);
}
