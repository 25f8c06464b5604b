package cmdb
import ("testing";"os";"compress/gzip";"io";"time";"slices";"fmt")
func TestZZ(t *testing.T){
 open:=func(n string) io.Reader { f,_:=os.Open("/work/shared/data/cmdb/debian-bookworm/"+n); z,_:=gzip.NewReader(f); return z }
 g,_,err:=CSV{Nodes: open("nodes.csv.gz"), Groups: open("groups.csv.gz")}.Read()
 if err!=nil {t.Fatal(err)}
 c:=&g.core
 // one item per component
 all:=make([]int32,c.n); for i:=range all {all[i]=int32(i)}
 drop:=map[int32]bool{}
 c.components(all, func(comp []int32){ k:=0; s:=slices.Clone(comp); slices.Sort(s); for _,v:=range s { if v<c.n { if k>0 {drop[v]=true}; k++ } } })
 var ids []string; for _,v:=range all { if !drop[v] { ids=append(ids,g.ids[v]) } }
 st:=time.Now()
 layers,err:=g.Waves(ids...); if err!=nil {t.Fatal(err)}
 o:=g.orderOf(layers)
 fmt.Println("items",len(o.items),"parts",len(o.below),"chain",len(layers),time.Since(st))
 // heads per part: items in longest chain up to and including
 head:=make([]int32,len(o.below))
 for k,b:=range o.below { h:=int32(0); for _,x:=range b {h=max(h,head[x])}; if o.item[k]>=0 {h++}; head[k]=h }
 // reach of each item
 st=time.Now()
 partOf:=make([]int32,c.n); for i:=range partOf {partOf[i]=-1}
 for _,it:=range o.items {partOf[it.v]=it.part}
 K:=map[int32][]int32{} // node -> items that kill it (items as v)
 isMember:=map[int32]bool{}
 for gi:=range g.groups { for _,m:=range g.groups[gi].Members { p,_:=g.number(m); isMember[p]=true } }
 s:=c.acquire()
 touched:=make([]bool,c.n)
 for _,it:=range o.items { v:=it.v
  c.walk(s,[]int32{v},order{})
  for _,x:=range s.queue[:s.total()] { if isMember[x] {K[x]=append(K[x],v)} }
  for _,x:=range s.fired { K[x]=append(K[x],v) }
  c.release(s); s=c.acquire()
 }
 fmt.Println("reach",time.Since(st))
 st=time.Now()
 best:=int32(0)
 type key struct{a,b int32}
 seen:=map[key]bool{}
 sizes:=map[int]int{}
 inX:=make([]bool,len(o.below)); ln:=make([]int32,len(o.below))
 chainOf:=func(X []int32)(l,h,tl int32){
  h,tl=1<<30,1<<30
  for _,v:=range X {inX[partOf[v]]=true; touched[v]=true; h=min(h,head[partOf[v]]-1); tl=min(tl,o.tail[partOf[v]])}
  lo:=int32(1<<30); hi:=int32(0)
  for _,v:=range X {lo=min(lo,partOf[v]);hi=max(hi,partOf[v])}
  if len(X)==0 {return 0,0,0}
  for k:=lo;k<=hi;k++ { m:=int32(0); for _,b:=range o.below[k] { if b>=lo {m=max(m,ln[b])} }; if inX[k] {m++}; ln[k]=m; l=max(l,m) }
  for k:=lo;k<=hi;k++ {ln[k]=0}
  for _,v:=range X {inX[partOf[v]]=false}
  return
 }
 n2,n:=0,0
 for gi:=range g.groups { gr:=&g.groups[gi]; n++
  sizes[len(gr.Members)]++
  if len(gr.Members)!=2 || gr.need()!=1 {continue}
  a,_:=g.number(gr.Members[0]); b,_:=g.number(gr.Members[1])
  k:=key{min(a,b),max(a,b)}; if seen[k] {continue}; seen[k]=true; n2++
  kg:=K[c.n+int32(gi)]
  out:=func(X []int32) []int32 { var r []int32; for _,v:=range X { if _,ok:=slices.BinarySearch(kg,v); !ok {r=append(r,v)} }; return r }
  if !slices.IsSorted(kg) {t.Fatal("unsorted")}
  X,Y:=out(K[a]),out(K[b])
  la,ha,ta:=chainOf(X); lb,hb,tb:=chainOf(Y)
  if la==0||lb==0 {continue}
  bound:=min(ha,hb)+la+lb+min(ta,tb)
  if bound>best { best=bound; fmt.Println(gr.ID,gr.Members,"X",len(X),"Y",len(Y),"chains",la,lb,"heads",ha,hb,"tails",ta,tb,"bound",bound) }
 }
 fmt.Println(n,n2,sizes,time.Since(st))
 st=time.Now()
 p:=packer{g:g}
 w:=p.fill(o)
 fmt.Println("waves",len(w),time.Since(st))
 for i,x:=range w { fmt.Print(i+1,":",len(x)," ") }
 fmt.Println()
}
